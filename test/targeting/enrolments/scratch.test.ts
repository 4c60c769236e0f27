import t from 'tap'
import { randomUUID } from 'node:crypto'
import { currentEnrolments, settleUndetermined, enrolmentExport } from '../../../src/targeting/enrolments/enrolment-store.ts'
import { seededApp } from '../../support/seeded-app.ts'
t.test('x', async (t) => {
  const { post, database, heads } = await seededApp(t, 12)
  const { pool } = database
  const key = (await pool.query('select id from api_key limit 1')).rows[0].id
  await pool.query(`insert into enrolment_report (id, programme, household_ref, state, effective_on, reported_by, entity, reference, applied)
    select gen_random_uuid(), 'housing', 1000+g, 'enrolled', '2026-01-01', $1, 'x', 'r'||g, true from generate_series(1,300000) g`, [key])
  await pool.query(`insert into enrolment (programme, household_ref, state, since, report_id) select programme, household_ref, state, effective_on, id from enrolment_report`)
  await pool.query('analyze')
  const time = async (name: string, work: () => Promise<unknown>) => { const s = performance.now(); const r = await work(); t.comment(name, Math.round(performance.now() - s), r) }
  await time('read', async () => { let n = 0; for await (const page of currentEnrolments(pool, 'housing')) n += page.length; return n })
  await time('export', async () => (await pool.query(enrolmentExport.query)).rowCount)
  for (let i = 0; i < 3; i++) await time('batch', async () => (await post('/v1/enrolments', { reports: Array.from({ length: 1000 }, (_, j) => ({ programme: 'housing', householdRef: heads[j % 10]?.householdRef, state: j<10? 'enrolled' : j%20<10?'suspended':'enrolled', on: '2026-0'+(i*2+1)+'-01', reference: randomUUID() })) })).json().counts)
  await time('one', async () => (await post('/v1/enrolments', { reports: [{ programme: 'housing', householdRef: heads[0]?.householdRef, state: 'exited', on: '2026-09-01', reference: randomUUID() }] })).json().counts)
  await time('settle', async () => database.transaction(({ client }) => settleUndetermined(client, 'housing', Array.from({ length: 20000 }, (_, i) => ({ householdRef: 1001 + i * 3, personRef: null })), '2026-10-01')))
  await time('settle', async () => database.transaction(({ client }) => settleUndetermined(client, 'housing', Array.from({ length: 20000 }, (_, i) => ({ householdRef: 1002 + i * 3, personRef: null })), '2026-10-01')))
})
