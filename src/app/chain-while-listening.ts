/** Audit events are chained and their heads signed while the service listens. */
import { chainAndSign, type Sequencer } from '../audit/chain-and-sign.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { Server } from '../http/server.ts'

type Settings = Pick<Config, 'auditChainMs' | 'auditCheckpointSeconds' | 'dataDirectory'>

/** Each new head goes to the log, which is outside the database. */
export function chainWhileListening(app: Server, database: Database, config: Settings): void {
  let sequencer: Sequencer | null = null
  app.addHook('onListen', async () => {
    sequencer = chainAndSign(database, {
      everyMs: config.auditChainMs,
      signEveryMs: config.auditCheckpointSeconds * 1_000,
      dataDirectory: config.dataDirectory,
      onHead: ({ seq, hash }) => app.log.info({ auditSeq: seq, auditHash: hash }, 'audit events chained'),
      onCheckpoint: ({ checkpoint: { number, seq, hash, keyId } }) =>
        app.log.info({ auditCheckpoint: number, auditSeq: seq, auditHash: hash, keyId }, 'audit checkpoint'),
      onError: (error) => app.log.error({ err: error }, 'audit events wait to be chained'),
    })
  })
  app.addHook('onClose', async () => sequencer?.stop())
}
