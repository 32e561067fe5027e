import { readQuery } from '@deskwire/contracts/kpi-request';
import { may, type Actor } from '@deskwire/contracts/roles';
import { ticketRequest } from '@deskwire/contracts/ticket-answer';
import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { orProblem } from '$lib/server/kpi-question';
import { NatsAway } from '$lib/server/nats-link';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** One ticket as it is now. Agents and leads see those of their teams; an administrator says why. Who was shown personal data is logged. */
export const GET: RequestHandler = ({ locals, params, url }) =>
  orProblem(async () => {
    const isAdmin = locals.who.state === 'signed-in' && may(locals.who.actor, 'ticket.read-with-reason');
    const access = allowed(locals.who, isAdmin ? 'ticket.read-with-reason' : 'ticket.read');
    if ('refusal' in access) return access.refusal;
    const { actor } = access;
    const request = readQuery(ticketRequest, url.searchParams);
    if (!request.ok) return problems.badRequest(request.detail);
    const { reason } = request.value;
    if (isAdmin && reason === undefined) return problems.reasonNeeded();
    const { doors } = locals;
    const ticket = await doors.tickets.find(params.id, ({ team }) => isAdmin || seesTeam(actor, team));
    if (ticket.found === 'many')
      return problems.badRequest(`Several tickets are called "${params.id}": ${ticket.ids.join(', ')}.`);
    if (ticket.found === 'none') return problems.unknownTicket(params.id);
    try {
      const answer = await doors.tickets.open(ticket.row);
      const { user_id: user, role } = actor;
      if (isAdmin || answer.personal === 'shown')
        doors.log.info(
          { audit: 'ticket.read', user, role, ticket: answer.id, personal: answer.personal, reason },
          'ticket read',
        );
      return json(answer, { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      if (error instanceof NatsAway) return problems.natsAway();
      throw error;
    }
  });

/** A lead without teams covers all, also tickets of no team. */
function seesTeam({ role, teams }: Actor, team: string | null): boolean {
  if (role === 'lead' && teams.length === 0) return true;
  return team !== null && teams.includes(team);
}
