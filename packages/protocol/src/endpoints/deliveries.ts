/** What became of each message, in and out. */

import * as z from 'zod';
import { page, paging, queryTime } from '../common.ts';
import { Delivery, DeliveryDirection, DeliveryStatus } from '../deliveries.ts';
import { defineEndpoint } from '../endpoint.ts';

export const listDeliveries = defineEndpoint({
  name: 'listDeliveries',
  method: 'GET',
  path: '/deliveries',
  summary: 'Messages received and sent, newest first.',
  tag: 'deliveries',
  access: 'token',
  query: z.strictObject({
    ...paging,
    direction: DeliveryDirection.optional(),
    status: DeliveryStatus.optional(),
    adapter: z.string().optional(),
    agent_id: z.string().optional(),
    conversation_id: z.string().optional(),
    from: queryTime.optional(),
    to: queryTime.optional(),
  }),
  responses: { 200: page(Delivery) },
});

export const getDelivery = defineEndpoint({
  name: 'getDelivery',
  method: 'GET',
  path: '/deliveries/{delivery_id}',
  summary: 'One delivery with its trace.',
  tag: 'deliveries',
  access: 'token',
  query: z.strictObject({}),
  responses: { 200: Delivery },
});
