import { read, record, tombstone } from './state-cases.js'
import { table } from './state-table.js'

table('the store holds nothing: what lives is lost there, and written again', read(undefined), {
  restoring: '-',
  'restoring, assumed': 'cookie1 → write',
  unreadable: '-',
  leaving: '-',
  'signed out': '-',
  live: 'a3 → write',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': 'a3 +a4 → write',
  unseen: 'b1 (unseen) → write',
  tombstone: '†a4 → write',
})

table('the store holds what it held: nothing is new', read(record('a', 3)), {
  restoring: 'a3',
  'restoring, assumed': 'a3',
  unreadable: 'a3 → signed-in by store',
  leaving: '†a4 → end a3 signed-out, write',
  'signed out': 'a3 → signed-in by store',
  live: 'a3',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': 'a3 +a4 → write',
  unseen: 'b1 (unseen) → write',
  tombstone: '†a4 → write',
})

table('the store holds an older generation: ours is written', read(record('a', 2)), {
  restoring: 'a2',
  'restoring, assumed': 'a2',
  unreadable: 'a2 → signed-in by store',
  leaving: '†a3 → end a2 signed-out, write',
  'signed out': 'a2 → signed-in by store',
  live: 'a3 → write',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': 'a3 +a4 → write',
  unseen: 'b1 (unseen) → write',
  tombstone: '†a4 → write',
})

table('G6 the store holds a newer generation: it is adopted', read(record('a', 5)), {
  restoring: 'a5',
  'restoring, assumed': 'a5',
  unreadable: 'a5 → signed-in by store',
  leaving: '†a6 → end a5 signed-out, write',
  'signed out': 'a5 → signed-in by store',
  live: 'a5 → adopted by store',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': 'a5 → adopted by store',
  unseen: 'b1 (unseen) → write',
  tombstone: '†a6 → write',
})

table('G6 the store holds other tokens of our generation: they win', read(record('a', 4, 'x')), {
  restoring: 'a4(x)',
  'restoring, assumed': 'a4(x)',
  unreadable: 'a4(x) → signed-in by store',
  leaving: '†a5 → end a4(x) signed-out, write',
  'signed out': 'a4(x) → signed-in by store',
  live: 'a4(x) → adopted by store',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': 'a4(x) → adopted by store',
  unseen: 'b1 (unseen) → write',
  tombstone: '†a5 → write',
})

table('G23 the session was signed out elsewhere: it ends here too', read(tombstone('a', 4)), {
  restoring: '†a4',
  'restoring, assumed': '†a4',
  unreadable: '†a4',
  leaving: '†a4',
  'signed out': '†a4',
  live: '†a4 → end a3 signed-out',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': '†a4 → end a3 signed-out',
  unseen: 'b1 (unseen) → write',
  tombstone: '†a4',
})

table('another session is stored: it replaces what is not newer than it', read(record('c', 1)), {
  restoring: 'c1',
  'restoring, assumed': 'c1',
  unreadable: 'c1 → signed-in by store',
  leaving: '†c2 → end c1 signed-out, write',
  'signed out': 'c1 → signed-in by store',
  live: 'c1 → end a3 replaced, signed-in by store',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': 'c1 → end a3 replaced, signed-in by store',
  unseen: 'b1 (unseen) → write',
  tombstone: 'c1 → signed-in by store',
})

table('another session was signed out there', read(tombstone('c', 2)), {
  restoring: '†c2',
  'restoring, assumed': '†c2',
  unreadable: '†c2',
  leaving: '†c2',
  'signed out': '†c2',
  live: '†c2 → end a3 replaced',
  'pending sign-in': 'a3 +b1 (unseen) → write',
  'first sign-in pending': '- +b1 (unseen) → write',
  'pending refresh': '†c2 → end a3 replaced',
  unseen: 'b1 (unseen) → write',
  tombstone: '†c2',
})

table('a sign-in whose answer was lost is found stored, and given out', read(record('b', 1)), {
  restoring: 'b1',
  'restoring, assumed': 'b1',
  unreadable: 'b1 → signed-in by store',
  leaving: '†b2 → end b1 signed-out, write',
  'signed out': 'b1 → signed-in by store',
  live: 'b1 → end a3 replaced, signed-in by store',
  'pending sign-in': 'b1 → end a3 replaced, signed-in by app',
  'first sign-in pending': 'b1 → signed-in by app',
  'pending refresh': 'b1 → end a3 replaced, signed-in by store',
  unseen: 'b1',
  tombstone: 'b1 → signed-in by store',
})

table(
  'the store could not be read in its time: what is here goes on',
  { type: 'unreadable', at: 9 },
  {
    restoring: '-',
    'restoring, assumed': 'cookie1 → write',
    unreadable: '-',
    leaving: '- (leaving)',
    'signed out': '-',
    live: 'a3 → write',
    'pending sign-in': 'a3 +b1 (unseen) → write',
    'first sign-in pending': '- +b1 (unseen) → write',
    'pending refresh': 'a3 +a4 → write',
    unseen: 'b1 (unseen) → write',
    tombstone: '†a4 → write',
  },
)
