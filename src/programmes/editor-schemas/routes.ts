/** JSON Schemas of policy files, by the catalogue in force. */
import Type from 'typebox'
import type { Server } from '../../http/server.ts'
import type { Versions } from '../versions-in-force.ts'
import { editedKinds, editorSchema } from './editor-schemas.ts'

export interface EditorSchemaRouteDeps {
  readonly versions: Versions
  readonly today: () => Promise<number>
}

export function registerEditorSchemaRoutes(app: Server, { versions, today }: EditorSchemaRouteDeps): void {
  const schema = {
    tags: ['authoring'],
    summary: 'JSON Schema of a kind of policy file, for editors',
    description: 'Completes facts, operators, codes and shared definitions as they are in force. What `mizan schemas` writes as files.',
    params: Type.Object({ kind: Type.Enum([...editedKinds]) }, { additionalProperties: false }),
    response: { 200: Type.Record(Type.String(), Type.Unknown()) },
  }
  app.get('/v1/schemas/:kind', { config: { permission: 'versions:read' }, schema }, async ({ params }) => ({
    ...editorSchema(await versions.inForce(await today()), params.kind),
  }))
}
