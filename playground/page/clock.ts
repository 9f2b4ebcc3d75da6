const real = Date.now.bind(Date)
let offMs = 0

Date.now = () => real() + offMs

/** How far the clock of the device jumps. Milliseconds. */
const jumpMs = 3 * 3_600_000

/** The clock of the page, for all that runs in it. */
export const pageClock = {
  jump(): void {
    offMs += jumpMs
  },
  setRight(): void {
    offMs = 0
  },
}
