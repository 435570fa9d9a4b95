import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import { startPage } from './app/start.ts';

await startPage(window);
