// A mail server on this machine that keeps what it is given.
import { createServer } from 'node:net';

/**
 * Listens on a port of its own; `mails` fills with { to, source }. `slow`: milliseconds that it takes for each mail before it
 * answers that it has it. It refuses whoever's address begins with `refused`.
 */
export async function startMail({ slow = 0, keep = true } = {}) {
    const mails = [];
    const counts = new Map();
    const server = createServer((socket) => {
        let [rest, to, body] = ['', '', null];
        const say = (line) => socket.writable && socket.write(`${line}\r\n`);
        socket.on('error', () => {});
        socket.on('data', (bytes) => {
            rest += bytes.toString('latin1');
            for (;;) {
                if (body !== null) {
                    const end = rest.startsWith('.\r\n') ? 0 : rest.indexOf('\r\n.\r\n');
                    if (end < 0) return;
                    // A dot at the beginning of a line was doubled on the way (RFC 5321, 4.5.2).
                    const source = rest.slice(0, end).replace(/^\.\./gm, '.');
                    rest = rest.slice(end + (end === 0 ? 3 : 5));
                    body = null;
                    // It has the mail from here on, whether its answer is heard or not.
                    counts.set(to, (counts.get(to) ?? 0) + 1);
                    if (keep) mails.push({ to, source: Buffer.from(source, 'latin1').toString('utf8') });
                    if (slow) setTimeout(() => say('250 kept'), slow);
                    else say('250 kept');
                    continue;
                }
                const at = rest.indexOf('\r\n');
                if (at < 0) return;
                const line = rest.slice(0, at);
                rest = rest.slice(at + 2);
                const upper = line.toUpperCase();
                if (upper.startsWith('RCPT TO:')) {
                    to = line.slice(8).replace(/[<> ]/g, '');
                    say(to.startsWith('refused') ? '550 5.7.1 not for this one' : '250 ok');
                } else if (upper === 'DATA') {
                    body = '';
                    say('354 go on');
                } else if (upper === 'QUIT') {
                    say('221 bye');
                    socket.end();
                } else say('250 ok');
            }
        });
        say('220 test');
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const flags = ['--smtp-url', `smtp://127.0.0.1:${server.address().port}`, '--mail-from', 'Rapport <rapport@example.com>'];
    return {
        mails,
        counts,
        flags,
        /** The first mail to an address whose source has this in it. */
        async find(to, part, patience = 10_000) {
            for (const until = Date.now() + patience; Date.now() < until; ) {
                const found = mails.find((mail) => mail.to === to && words(mail).includes(part));
                if (found) return found;
                await new Promise((done) => setTimeout(done, 50));
            }
            throw new Error(`no mail to ${to} with ${part}: ${mails.map((mail) => mail.to)}`);
        },
        stop: () => new Promise((done) => server.close(done)),
    };
}

/** A mail's source with the soft line breaks of quoted-printable undone. */
export const words = ({ source }) => source.replace(/=\r\n/g, '').replace(/=3D/g, '=');
