import { addWords } from '../../messages/catalogue.ts';
import { deskWords } from '../../messages/desk-words.ts';

// Whoever imports this brings the desk's words along.
addWords(deskWords);
