/** The service that the tests of access share: to start one costs more than most of them. */
import t from 'tap'
import { accessApp } from './support.ts'

export const service = await accessApp(t)
