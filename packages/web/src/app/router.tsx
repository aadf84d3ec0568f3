/** Every address of the page; each feature is loaded when it is first visited. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { EmptyState, ErrorState, SkeletonRows } from '../components/states.tsx';
import { Overview } from '../features/overview/overview.tsx';
import { describeError } from '../lib/api.ts';
import { readConversationPlace, readConversationSearch } from '../lib/conversation-search.ts';
import { loadPatiently } from '../lib/load-later.ts';
import { Layout } from './layout.tsx';

const root = createRootRoute({ component: Layout });

const overview = createRoute({ getParentRoute: () => root, path: '/', component: Overview });

const chatStart = createRoute({
  getParentRoute: () => root,
  path: '/chat',
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/chat/chat-page.tsx')), 'ChatStart'),
});
const chatAgent = createRoute({
  getParentRoute: () => root,
  path: '/chat/$agentId',
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/chat/chat-page.tsx')), 'NewChat'),
});
const chatSession = createRoute({
  getParentRoute: () => root,
  path: '/chat/$agentId/$sessionId',
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/chat/chat-page.tsx')), 'ChatSession'),
});

const conversations = createRoute({
  getParentRoute: () => root,
  path: '/conversations',
  validateSearch: readConversationSearch,
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/conversations/conversations-page.tsx')), 'ConversationsPage'),
});
const conversation = createRoute({
  getParentRoute: () => root,
  path: '/conversations/$agentId',
  validateSearch: readConversationPlace,
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/conversations/conversation-page.tsx')), 'ConversationPage'),
});

const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/agents/agents-page.tsx')), 'AgentsPage'),
});
const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentId',
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/agents/agent-page.tsx')), 'AgentPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => loadPatiently(() => import('../features/settings/settings-page.tsx')), 'SettingsPage'),
});

/** Every component in every state; only while developing. */
const preview = createRoute({
  getParentRoute: () => root,
  path: '/dev/components',
  beforeLoad: () => {
    if (!import.meta.env.DEV) throw redirect({ to: '/' });
  },
  component: import.meta.env.DEV
    ? lazyRouteComponent(() => loadPatiently(() => import('../features/preview/preview-page.tsx')), 'PreviewPage')
    : () => null,
});

const routeTree = root.addChildren([
  overview,
  chatStart,
  chatAgent,
  chatSession,
  conversations,
  conversation,
  agents,
  agent,
  settings,
  preview,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingComponent: () => <SkeletonRows className="p-6" />,
  defaultNotFoundComponent: () => (
    <EmptyState icon={Compass} title="There is no page at this address.">
      The rail on the left leads to every page there is.
    </EmptyState>
  ),
  defaultErrorComponent: ({ error, reset }) => <ErrorState title="This page failed" detail={describeError(error).detail} onRetry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
