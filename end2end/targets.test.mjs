// What a thumb presses is 44 px high and wide: each link, button and field of the inbox and of the Messenger is felt for on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, live, newTeammate, noErrors, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let conversation;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const traits = { name: 'Grace Hopper', email: 'grace@example.com', phone: '+1 202 555 0100', plan: 'pro', seats: 12, site: 'https://grace.example' };
    await send(server, 'identify', { userId: 'grace', traits });
    await send(server, 'group', { userId: 'grace', groupId: 'navy', traits: { name: 'US Navy', plan: 'enterprise', website: 'https://navy.example' } });
    await send(server, 'page', { userId: 'grace', context: { ip: '81.2.69.160', page: { url: 'https://shop.example/a', referrer: 'https://search.example/' } } });
    await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total: 80 } });
    const ada = (await call(server, 'me')).id;
    const files = [{ name: 'chart.png', data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' }, { name: 'a.csv', data: 'MSwy' }];
    const begun = await call(server, 'conversations', { from: { type: 'user', user_id: 'grace' }, body: 'Where is my order?', attachment_files: files });
    conversation = begun.conversation_id;
    const say = (message_type, body) => call(server, `conversations/${conversation}/reply`, { type: 'admin', admin_id: ada, message_type, body, attachment_files: files });
    await say('comment', 'On its way');
    await say('note', 'She asked before');
    const [person] = (await call(server, 'contacts?per_page=1')).data;
    await call(server, `contacts/${person.id}/notes`, { admin_id: ada, body: 'Prefers e-mail' });
    await call(server, 'tags', { name: 'vip', users: [{ user_id: 'grace' }] });
    const tag = await call(server, 'tags', { name: 'order' });
    await call(server, `conversations/${conversation}/tags`, { id: tag.id, admin_id: ada });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

/**
 * What is smaller than a thumb. Each thing to press is brought into view and felt for from its middle in four directions, as far as a
 * press there is one on it: what lies around it without being seen counts, and what lies over it does not. Links within a sentence,
 * which have the height of its lines, are left out, and so is what is only there for a keyboard.
 */
async function small(where) {
    return where.evaluate(() => {
        const LEAST = 44; // One less is an edge between two points.
        const all = document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type="hidden"]), [role="button"], [role="checkbox"], [role="option"]');
        const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled && !node.closest('[inert], [aria-hidden="true"]') && node.tabIndex >= 0;
        // Between words it is as high as they are.
        const inSentence = (node) => {
            const beside = [...node.parentElement.childNodes].some((near) => near.nodeType === Node.TEXT_NODE && near.data.trim().length > 1);
            return getComputedStyle(node).display === 'inline' && (beside || node.closest('.prose, .text') !== null);
        };
        // A field that is seen through is pressed by the words of its label.
        const pressed = (node) => (node.matches('input') && node.labels?.length > 0 && node.getBoundingClientRect().width < 3 ? node.labels[0] : node);
        const found = [];
        for (const node of all) {
            if (!shown(node) || inSentence(node)) continue;
            const target = pressed(node);
            target.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
            const box = [...target.getClientRects()].find((rect) => rect.width > 0 && rect.height > 0);
            if (!box || box.right <= 0 || box.bottom <= 0) continue;
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const hits = (x, y) => {
                const there = document.elementFromPoint(x, y);
                return there !== null && (target === there || target.contains(there) || [...(node.labels ?? [])].some((label) => label.contains(there)));
            };
            if (!hits(x, y)) continue;
            const reach = (dx, dy) => {
                let far = 0;
                while (far < LEAST && hits(x + dx * (far + 1), y + dy * (far + 1))) far++;
                return far;
            };
            const size = [reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1];
            if (Math.min(...size) < LEAST - 1) found.push(`${size.join(' by ')}: ${node.outerHTML.replace(/\s+/g, ' ').slice(0, 160)}`);
        }
        return found;
    });
}

test('a thumb reaches everything in the inbox', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    const open = async (path, there) => {
        await page.goto(`${server.url}${path}`);
        await page.locator(there).first().waitFor();
        await live(page);
        await ready(page);
    };
    await open('/inbox', '.line');
    assert.deepEqual(await small(page), [], 'the list');
    await page.locator('.views-toggle > summary').click();
    await page.locator('.views a').first().waitFor();
    assert.deepEqual(await small(page), [], 'the views');
    // The list that is chosen is not covered by what it was chosen from.
    await page.locator('.views a').filter({ hasText: 'All' }).first().click();
    await page.locator('.views').waitFor({ state: 'hidden' });
    await page.locator('.line-pick').first().tap();
    await page.locator('.selected-none').waitFor();
    assert.deepEqual(await small(page), [], 'what is done with several');
    await open(`/inbox/${conversation}`, '.part');
    assert.deepEqual(await small(page), [], 'a thread');
    await page.locator('.composer-switch').getByText('Note').click();
    await page.locator('.note-toolbar').first().waitFor();
    assert.deepEqual(await small(page), [], 'a note that is being written');
    await page.locator('.thread-more > summary').click();
    assert.deepEqual(await small(page), [], 'what is done with it');
    await open(`/inbox/${conversation}?view=facts`, '.inbox-facts .section');
    await page.locator('.inbox-facts .note .prose').getByText('Prefers e-mail').waitFor();
    assert.deepEqual(await small(page), [], 'who it is with');
    await page.locator('.fact-more').click();
    await page.locator('.company-edit').click();
    await page.locator('.company-own [name="plan"]').waitFor();
    assert.deepEqual(await small(page), [], 'a company of theirs');
    noErrors(page);
    await page.context().close();
});

test('a thumb reaches everything in the Messenger', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    await page.goto(`${server.url}/demo/site?as=user`);
    await page.locator('rapport-messenger .launcher').click();
    const around = page.locator('rapport-messenger iframe');
    await around.waitFor();
    const frame = await (await around.elementHandle()).contentFrame();
    await frame.getByRole('button', { name: 'Write to us' }).waitFor();
    assert.deepEqual(await small(frame), [], 'the list');
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await frame.locator('textarea').waitFor();
    await frame.locator('input[type=file]').setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') });
    await frame.locator('.files li[data-state="ready"]').waitFor();
    assert.deepEqual(await small(frame), [], 'a new message');
    await frame.locator('textarea').fill('Hello');
    await frame.getByRole('button', { name: 'Send' }).click();
    await frame.locator('.part[data-state="sent"] .file').waitFor();
    assert.deepEqual(await small(frame), [], 'a conversation');
    await frame.getByRole('button', { name: 'Back to your conversations' }).click();
    await frame.locator('.line').waitFor();
    assert.deepEqual(await small(frame), [], 'the list with one');
    noErrors(page);
    await page.context().close();
});
