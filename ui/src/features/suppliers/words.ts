import { addWords } from '../../messages/catalogue.ts';
import { goodsWords } from '../../messages/goods-words.ts';

// Whoever imports this brings the words of goods along.
addWords(goodsWords);
