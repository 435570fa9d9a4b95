/** What the building's bank account holds, as the people's process knows it. */
export const bank = { depositedMicros: 0 };
