/** In a page real I/O takes so long that fake time must not run much faster than real time. */
export const stepMs = 10
