/** Milliseconds of the fake clock for each turn of real I/O: pauses and deadlines are soon over. */
export const stepMs = 20
