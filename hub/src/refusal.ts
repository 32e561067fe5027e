import { hubProtocolVersion } from '@deskwire/contracts/hub-protocol';
import { refusalMessages, type SignInRefusal } from './sign-in.ts';

export type Refusal = SignInRefusal | keyof typeof hubMessages;

/** Why somebody is not let in, as the client's connect_error says it. */
export function refusalOf(reason: Refusal): { message: string; data: { code: Refusal } } {
  return { message: { ...refusalMessages, ...hubMessages }[reason], data: { code: reason } };
}

const hubMessages = {
  'too-many-connections': 'Too many connections from this address: close some first.',
  'wrong-version': `This hub speaks version ${hubProtocolVersion} of its protocol: reload the page, or update the program.`,
} as const;
