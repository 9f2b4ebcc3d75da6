import type { Flaw } from './broken-core.js'

/** What is wrong, and the rule that catches it. */
export const flaws: Record<string, Flaw & { readonly rule: RegExp }> = {
  'whoever has the turn does not read the store again': {
    file: 'core/flight',
    line: 'let isReadable = await parts.read()',
    instead: 'let isReadable = await Promise.resolve(true)',
    rule: /G1 /,
  },
  'no turn is taken': {
    file: 'core/turns',
    line: 'store.exclusive?.bind(store) ?? inLine(store)',
    instead: 'inLine({ ...store })',
    rule: /G1 |G18/,
  },
  'a late 401 refreshes again': {
    file: 'core/engine',
    line: 'used !== lease || !current?.tokens',
    instead: '!current?.tokens',
    rule: /G2 |G9 |G1/,
  },
  'whoever is signed in serves for the replay': {
    file: 'core/gate',
    line: 'return isOver ? view.ended(sessionId, response) : undefined',
    instead: 'return undefined',
    rule: /G24|G9/,
  },
  'tokens are given out before they are stored': {
    file: 'core/state',
    line: 'return [{ ...state, pending, spent, adopted: false }, [write]]',
    instead: 'return [{ ...state, current: pending, spent, adopted: false }, [write]]',
    rule: /G30/,
  },
  'a sign-out elsewhere does not end it here': {
    file: 'core/reading',
    line: 'if (!record.tokens) {',
    instead: 'if (!record.tokens && state.closed) {',
    rule: /G9|G15|G18|G23|shares/,
  },
  'a sign-out is undone by what the store still holds': {
    file: 'core/reading',
    line: 'if (!ours.tokens) {',
    instead: 'if (!ours.tokens && state.closed) {',
    rule: /G9|G23/,
  },
  'any error is a refusal': {
    file: 'core/refusal',
    line: 'status === 401 && oauthError === undefined',
    instead: 'status !== 200',
    rule: /G15/,
  },
  'waiters are forgotten when a refresh fails': {
    file: 'core/refresher',
    line: "      emit('refresh-unavailable', { reason, message, tries, retryAfterMs })\n    }\n    moved()",
    instead:
      "      return emit('refresh-unavailable', { reason, message, tries, retryAfterMs })\n    }\n    moved()",
    rule: /G9/,
  },
  'a replay goes on and on': {
    file: 'core/authorize',
    line: 'if (!parts.turnedAway(lease, this.id(), first ? 2 : 1) || first) {',
    instead: 'if (!parts.turnedAway(lease, this.id(), first ? 2 : 1)) {',
    rule: /G11|G28/,
  },
  'each tab takes the cookies for a session of its own': {
    file: 'core/options',
    line: 'firstRecord(assumedSessionId,',
    instead: 'firstRecord(`cookie-${Math.random()}`,',
    rule: /G15|G18|G19/,
  },
  'axios: a replay goes without the new token': {
    file: 'clients/axios/request',
    line: 'Object.assign(copyOf(headers), credential)',
    instead: 'Object.assign(copyOf(headers), turnedAway ? {} : credential)',
    rule: /G24/,
  },
  'axios: a replay goes with the token that was turned away': {
    file: 'clients/axios/request',
    line: 'Object.assign(copyOf(headers), credential)',
    instead: 'Object.assign(copyOf(headers), ((this as any).signed ??= credential))',
    rule: /other tokens/,
  },
  'axios: what an adapter added is left over for the replay': {
    file: 'clients/axios/request',
    line: 'Object.assign(copyOf(headers), credential)',
    instead: 'Object.assign(headers, credential)',
    rule: /G26/,
  },
  'axios: whose a request is, is asked only when it is sent': {
    file: 'clients/axios/request',
    line: 'dispatch(given.adapter, config, claim, attachment)',
    instead: 'dispatch(given.adapter, config, attachment.port.claim(config.signal), attachment)',
    rule: /G24/,
  },
  'axios: nobody who waits hears an abort': {
    file: 'clients/axios/request',
    line: 'this.signal = signalOf(config)',
    instead: 'this.signal = undefined',
    rule: /G12/,
  },
  'axios: the end of a session is not one of its own errors': {
    file: 'clients/axios/request',
    line: 'return asAxiosError(error, this.config)',
    instead: 'return new Error(error.message)',
    rule: /G9/,
  },
  'axios: what can be sent once is sent twice': {
    file: 'clients/axios/request',
    line: '!(session && session.replay === false) && isReplayable(data)',
    instead: '!(session && session.replay === false)',
    rule: /G27/,
  },
  'axios: a body that says expired is not read in time': {
    file: 'clients/axios/request',
    line: '    transformNow(this.config, response)\n',
    instead: '',
    rule: /a 401 is handed over/,
  },
  'axios: the token is left on what is handed over': {
    file: 'clients/axios/request',
    line: '    config.headers = headers\n',
    instead: '',
    rule: /G9/,
  },
  'fetch: a replay goes without the new token': {
    file: 'clients/fetch/request',
    line: 'const headers = withHeaders(this.headers, credential)',
    instead: 'const headers = withHeaders(this.headers, turnedAway ? {} : credential)',
    rule: /G24/,
  },
  'fetch: whose a request is, is asked only when it is sent': {
    file: 'clients/fetch/create-fetch',
    line: 'port.authorize(claim, new',
    instead: 'port.authorize(port.claim(given?.signal), new',
    rule: /G24/,
  },
  'fetch: nobody who waits hears an abort': {
    file: 'clients/fetch/request',
    line: 'this.signal = (signal === undefined ? own?.signal : signal) ?? undefined',
    instead: 'this.signal = undefined',
    rule: /G12/,
  },
  'fetch: a replay has the body as the caller has changed it': {
    file: 'clients/fetch/request',
    line: 'if (body != null) init.body = ownBody(body)',
    instead: '',
    rule: /G26/,
  },
  'fetch: a Request is used up by its first attempt': {
    file: 'clients/fetch/request',
    line: 'own ? (isKept && this.hasOwnBody ? own.clone() : own) : input',
    instead: 'own ?? input',
    rule: /G9|G26/,
  },
  'fetch: a body that may say expired is waited for for ever': {
    file: 'clients/fetch/shown-response',
    line: 'await shortBodyOf(given)',
    instead: 'await new Promise(() => undefined)',
    rule: /G9/,
  },
  'fetch: a long stream is taken for one that can be sent again': {
    file: 'clients/fetch/request',
    line: '!(session && session.replay === false) && isReplayable(body)',
    instead: '!(session && session.replay === false)',
    rule: /G27|G9/,
  },
}
