// The files of the browser's part that an area of pages needs come as one, which is asked for once and compresses better: the page
// names it in its head, and each file is handed on while those behind it are still on their way. Where it does not come,
// each is asked for by itself.
const INDEX = {};
const held = new Map();

/** The answer with a file of the browser's part. */
export function part(address) {
    const name = /([^/]+)\.wasm$/.exec(address)[1];
    const waits = held.get(name);
    held.delete(name);
    return waits ? waits.catch(() => fetch(address)) : fetch(address);
}

async function unpack(address, files) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    const reader = answer.body.getReader();
    let piece = new Uint8Array();
    for (const { length, give } of files) {
        let out;
        const stream = new ReadableStream({ start: (controller) => { out = controller; } });
        give(new Response(stream, { headers: { 'content-type': 'application/wasm' } }));
        for (let left = length; left > 0;) {
            if (piece.length === 0) {
                const { value, done } = await reader.read().catch((error) => ({ done: error }));
                if (done) {
                    const error = new Error(`${address} was cut off`);
                    out.error(error);
                    throw error;
                }
                piece = value;
            }
            const some = piece.subarray(0, left);
            out.enqueue(some);
            left -= some.length;
            piece = piece.subarray(some.length);
        }
        out.close();
    }
}

const link = document.querySelector('link[data-area]');
if (link && INDEX[link.dataset.area]) {
    const files = INDEX[link.dataset.area].map(([name, length]) => {
        const file = { length };
        const waits = new Promise((give, lose) => Object.assign(file, { give, lose }));
        waits.catch(() => {});
        held.set(name, waits);
        return file;
    });
    unpack(link.href, files).catch((error) => files.forEach(({ lose }) => lose(error)));
}
