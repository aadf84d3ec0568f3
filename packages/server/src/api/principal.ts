/** Who a request comes from: a program on the socket, the owner's token, or a signed-in browser. */

export type Principal =
  | { readonly method: 'socket' }
  | { readonly method: 'bearer'; readonly tokenHash: string }
  | { readonly method: 'cookie'; readonly sessionId: string; readonly tokenHash: string; readonly expiresAt: number };
