/** Starts the page. */

import './styles/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { reloadAfterUpgrade } from './lib/load-later.ts';
import { startTheme } from './lib/theme.ts';

startTheme();
reloadAfterUpgrade();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
