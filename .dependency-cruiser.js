/** The folder rule, checked: a folder imports itself and the folders below it; never above, never sideways. */

const SERVER_LAYERS = [
  ['core'],
  ['config', 'storage', 'security'],
  ['llm', 'memory', 'conversations'],
  ['agents', 'tools', 'adapters', 'skills'],
  ['messaging', 'automation'],
  ['app'],
  ['api'],
  ['cli'],
];
/** Folders whose members are contributions: each sees what is below its folder and the shared files beside it, never another contribution. */
const CONTRIBUTION_FOLDERS = ['adapters', 'llm/providers'];
const SERVER = '^packages/server/src';
const TESTS = '([.]test|-test-world)[.]tsx?$';

function serverLayerRules() {
  return SERVER_LAYERS.flatMap((folders, depth) =>
    folders.map((folder) => {
      const below = SERVER_LAYERS.slice(0, depth).flat();
      return {
        name: `layer-${folder}`,
        comment: `${folder} imports itself and: ${below.join(', ') || 'nothing of ours'}. Join folders of one layer by a port in core.`,
        severity: 'error',
        from: { path: `${SERVER}/${folder}/`, pathNot: TESTS },
        to: { path: `${SERVER}/`, pathNot: `${SERVER}/(${[folder, ...below].join('|')})/` },
      };
    }),
  );
}

function contributionRules() {
  return CONTRIBUTION_FOLDERS.map((folder) => ({
    name: `contributions-${folder.replace('/', '-')}`,
    comment: `One contribution in ${folder} never imports another.`,
    severity: 'error',
    from: { path: `${SERVER}/${folder}/([^/]+)/` },
    to: { path: `${SERVER}/${folder}/[^/]+/`, pathNot: `${SERVER}/${folder}/$1/` },
  }));
}

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const packageRules = [
  rule('protocol-alone', 'protocol depends on zod only.', { path: '^packages/protocol/' }, { path: '^packages/(server|web)/' }),
  rule('web-protocol-only', 'The page knows the protocol, not the daemon.', { path: '^packages/web/' }, { path: '^packages/server/' }),
  rule(
    'server-not-web',
    'The daemon serves the built page; it never imports it.',
    { path: '^packages/server/' },
    { path: '^packages/web/' },
  ),
  rule(
    'workers',
    'A worker thread loads storage and core alone.',
    { path: `${SERVER}/workers/`, pathNot: TESTS },
    { path: `${SERVER}/`, pathNot: `${SERVER}/(workers|storage|core)/` },
  ),
  rule(
    'testing-for-tests',
    'testing/ is imported by tests alone.',
    { path: '^packages/', pathNot: `${TESTS}|${SERVER}/testing/|^packages/(server|web)/tests/` },
    { path: `${SERVER}/testing/` },
  ),
];

const webRules = [
  rule(
    'web-base',
    'lib and components know no feature.',
    { path: '^packages/web/src/(lib|components)/' },
    { path: '^packages/web/src/(features|app)/' },
  ),
  rule('web-lib', 'lib knows no component.', { path: '^packages/web/src/lib/' }, { path: '^packages/web/src/components/' }),
  rule(
    'web-features-below-app',
    'A feature does not import the app.',
    { path: '^packages/web/src/features/' },
    { path: '^packages/web/src/app/' },
  ),
  rule(
    'web-features-apart',
    'Features never import each other.',
    { path: '^packages/web/src/features/([^/]+)/' },
    { path: '^packages/web/src/features/', pathNot: '^packages/web/src/features/$1/' },
  ),
];

const toolRule = rule(
  'contributions-tools',
  'One tool never imports another; only the list knows them all.',
  { path: `${SERVER}/tools/`, pathNot: `${TESTS}|${SERVER}/tools/index[.]ts$` },
  { path: `${SERVER}/tools/` },
);

const hygieneRules = [
  rule('no-cycles', 'Two modules that need each other are one module.', {}, { circular: true }),
  rule('resolvable', 'Every import must lead somewhere.', {}, { couldNotResolve: true }),
];

export default {
  forbidden: [...serverLayerRules(), ...contributionRules(), toolRule, ...packageRules, ...webRules, ...hygieneRules],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
