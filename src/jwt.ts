export { jwtLifetime } from './core/jwt.js'
