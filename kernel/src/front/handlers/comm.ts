import type { CommMessage } from '../../ipc/messages.js';
import type { RequestContent } from '../messages.js';
import type { ReceivedMessage } from '../wire.js';
import type { Handler } from './handler.js';

type CommContent = RequestContent<'comm_open'> | RequestContent<'comm_msg'>;

export const commInfo: Handler<'comm_info_request'> = ({ target_name: target }, { comms }) => ({
  status: 'ok',
  comms: comms.list(target ?? null),
});

const pass =
  (kind: CommMessage['kind']): Handler<'comm_open'> & Handler<'comm_msg'> =>
  (content: CommContent, { comms }, message: ReceivedMessage) => {
    comms.fromClient(
      {
        kind,
        commId: content.comm_id,
        ...('target_name' in content ? { targetName: content.target_name } : {}),
        data: content.data ?? {},
        metadata: message.metadata,
        buffers: message.buffers,
      },
      message.header,
    );
    return null;
  };

export const commOpen: Handler<'comm_open'> = pass('open');
export const commMessage: Handler<'comm_msg'> = pass('msg');
export const commClose: Handler<'comm_close'> = pass('close');
