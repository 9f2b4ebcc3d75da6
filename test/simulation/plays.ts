/** All ways to play the simulation: they are built together, on one core. */
export { exhaust } from './exhaust.js'
export { playSeeds } from './play-seeds.js'
