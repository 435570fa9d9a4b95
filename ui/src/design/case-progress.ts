export interface CaseInput {
  committedUnits: number;
  unitsPerCase: number;
  /** Units still needed until the order goes ahead. */
  unitsToTarget: number;
  /** Of the committed units, those of the person who looks. */
  myUnits?: number;
  /** So many units may be missing and the case is bought all the same. */
  toleranceUnits?: number;
}

export type UnitShape = 'taken' | 'mine' | 'missing' | 'tolerated';

export interface CaseProgress {
  /** The case that is being filled, counted from 1, and how many the order needs. */
  caseNumber: number;
  caseCount: number;
  filledUnits: number;
  missingUnits: number;
  isFull: boolean;
  /** One per unit while there are few enough to count, else empty: draw a bar. */
  shapes: UnitShape[];
  /** Parts of the case from 0 to 1, for the bar. */
  filledShare: number;
  mineShare: number;
  toleratedShare: number;
}

/** More than these are no longer counted at a glance. */
const MOST_SHAPES = 24;

/**
 * The case that the next unit goes into. Earlier cases are full; the case stays the last one when the order needs no more.
 * A person's own units are taken to be the newest, so they are drawn at the front of the filling.
 */
export function caseProgress(input: CaseInput): CaseProgress {
  const { committedUnits, unitsPerCase, unitsToTarget, myUnits = 0, toleranceUnits = 0 } = input;
  const size = Math.max(1, unitsPerCase);
  const fullCases = Math.floor(committedUnits / size);
  const isEven = committedUnits > 0 && committedUnits % size === 0;
  const isLastFull = isEven && unitsToTarget === 0;
  const caseNumber = isLastFull ? fullCases : fullCases + 1;
  const filledUnits = isLastFull ? size : committedUnits % size;
  const missingUnits = size - filledUnits;
  const mine = Math.min(myUnits, filledUnits);
  const tolerated = Math.min(toleranceUnits, missingUnits);
  return {
    caseNumber,
    caseCount: Math.max(caseNumber, Math.ceil((committedUnits + unitsToTarget) / size)),
    filledUnits,
    missingUnits,
    isFull: missingUnits === 0,
    shapes: size > MOST_SHAPES ? [] : shapesOf(filledUnits - mine, mine, missingUnits - tolerated, tolerated),
    filledShare: filledUnits / size,
    mineShare: mine / size,
    toleratedShare: tolerated / size,
  };
}

function shapesOf(taken: number, mine: number, missing: number, tolerated: number): UnitShape[] {
  return [
    ...Array<UnitShape>(taken).fill('taken'),
    ...Array<UnitShape>(mine).fill('mine'),
    ...Array<UnitShape>(missing).fill('missing'),
    ...Array<UnitShape>(tolerated).fill('tolerated'),
  ];
}
