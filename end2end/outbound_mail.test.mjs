// An e-mail with a file and a goal, from the page on which it is written to the mail that arrives; one that an event sets off; and a post.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMail, words } from './mail.mjs';
import { accessible, live, newPage, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer, startShop } from './support.mjs';

let mail;
let server;
let browser;
let shop;
before(async () => {
    mail = await startMail();
    server = await startServer({ more: mail.flags });
    browser = await startBrowser();
    shop = await startShop(server);
    for (const [id, name] of [['grace', 'Grace Hopper'], ['alan', 'Alan Turing']]) {
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@example.com` } });
    }
    await send(server, 'track', { userId: 'alan', event: 'Bought' });
});
after(async () => {
    await browser?.close();
    shop?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
    await mail?.stop();
});

const count = (page, which) => page.locator(`.message-counts [data-which=${which}] strong`);
const begin = async (agent, name, text) => {
    await agent.goto(`${server.url}/outbound/new`);
    await agent.getByRole('button', { name: 'Add condition' }).waitFor();
    await ready(agent);
    await agent.getByLabel('Name, for the team').fill(name);
    await agent.getByLabel('Message, in Markdown').fill(text);
};
const saved = async (agent) => {
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await ready(agent);
};

test('an e-mail arrives with its file, and whoever buys afterwards has reached its goal', async () => {
    const agent = await newTeammate(browser, server);
    await begin(agent, 'Spring menu', 'Hi {{ first_name }}, **see** what is new');
    await agent.getByLabel('Everyone who matches now, and who comes to match later').check();
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('Subject of the e-mail').fill('Spring menu');
    await agent.getByLabel('They do something').check();
    await agent.getByLabel('The event that is the goal').fill('Bought');
    await agent.getByLabel('Within so many days of receipt').fill('14');
    await accessible(agent);
    await picture(agent, 'outbound-goal', true);
    await saved(agent);
    await agent.getByLabel('Files to attach').setInputFiles([
        { name: 'run.bat', mimeType: 'text/plain', buffer: Buffer.from('A program') },
        { name: 'menu.txt', mimeType: 'text/plain', buffer: Buffer.from('Soup of the day') },
        { name: 'old.txt', mimeType: 'text/plain', buffer: Buffer.from('Old') },
    ]);
    await agent.getByRole('button', { name: 'Attach', exact: true }).click();
    await agent.getByText('2 files').waitFor();
    await agent.getByRole('alert').getByText('Not attached: run.bat (files that end in .bat are not taken here.').waitFor();
    await agent.getByRole('button', { name: 'Remove old.txt' }).click();
    await agent.getByText('1 file,').waitFor();
    await ready(agent);
    await accessible(agent);
    // To look how it reads for somebody changes nothing that would have to be saved first.
    await agent.getByPlaceholder('E-mail or user id of anyone').fill('alan');
    await agent.locator('.preview').getByText('Hi Alan').waitFor();
    await agent.getByText('Start…').click();
    await agent.getByLabel(/Type their number/).fill('2');
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await live(agent);
    await count(agent, 'sent').getByText('2').waitFor();
    const letter = await mail.find('grace@example.com', 'Subject: Spring menu');
    const source = words(letter);
    assert.ok(source.includes('Hi Grace, see what is new') && source.includes('multipart/mixed'), source);
    assert.match(source, /menu\.txt/);
    assert.ok(source.includes(Buffer.from('Soup of the day').toString('base64')), source);
    assert.ok(!source.includes('old.txt'));
    await count(agent, 'goal').getByText('0').waitFor();
    await send(server, 'track', { userId: 'grace', event: 'Bought' });
    await count(agent, 'goal').getByText('1').waitFor();
    await accessible(agent);
    await picture(agent, 'outbound-goal-reached', true);
    await count(agent, 'goal').click();
    await agent.waitForURL(/\/goal$/);
    await agent.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    // He bought before it came.
    await none(agent.getByRole('link', { name: 'Alan Turing' }));
    noErrors(agent);
    await agent.context().close();
});

test('an event sets an e-mail off once in a day, and a profile says why not again', async () => {
    const agent = await newTeammate(browser, server);
    await begin(agent, 'After a visit', 'Thank you for coming, {{ first_name }}');
    await agent.getByLabel('Everyone who does something, each time they do it').check();
    await agent.getByLabel('Event', { exact: true }).fill('Visited');
    await agent.getByLabel('And so many in all').fill('3');
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('Subject of the e-mail').fill('Thank you');
    await accessible(agent);
    await picture(agent, 'outbound-event', true);
    await saved(agent);
    await agent.getByText('Start…').click();
    await agent.getByText('It goes to everyone who does “Visited”, at most one a day, 3 in all from now on').waitFor();
    // The rule holds for both, which is asked of one that an event sets off too.
    await agent.getByLabel(/Type their number/).fill('2');
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await live(agent);
    await send(server, 'track', { userId: 'alan', event: 'Visited' });
    await mail.find('alan@example.com', 'Subject: Thank you');
    await count(agent, 'sent').getByText('1').waitFor();
    await send(server, 'track', { userId: 'alan', event: 'Visited' });
    await agent.goto(`${server.url}/people`);
    await ready(agent);
    await agent.getByRole('link', { name: 'Alan Turing' }).first().click();
    await agent.waitForURL(/contacts/);
    await agent.getByText('did “Visited” again just now and did not get it: the one before was moments earlier; at most one a day').waitFor();
    assert.equal(mail.mails.filter((one) => one.to === 'alan@example.com' && words(one).includes('Subject: Thank you')).length, 1);
    noErrors(agent);
    await agent.context().close();
});

test('a post stands large above the launcher with who wrote it, goes when it is put away, and is whole in the conversation', async () => {
    const agent = await newTeammate(browser, server);
    await begin(agent, 'Spring', '## Spring\n\nHi {{ first_name }}, much is **new**.');
    await agent.getByLabel('Everyone who matches now, and who comes to match later').check();
    await agent.getByLabel('Post in the Messenger').check();
    await saved(agent);
    await agent.getByText('Start…').click();
    await agent.getByLabel(/Type their number/).fill('2');
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await agent.getByText('Running').first().waitFor();
    const visitor = await newPage(browser);
    await visitor.goto(`${shop.url}/grace`);
    const card = visitor.locator('rapport-messenger .card.post');
    await card.getByText('Ada Lovelace').waitFor();
    await card.getByText('Hi Grace, much is new.').waitFor();
    await accessible(visitor);
    await picture(visitor, 'messenger-post-card');
    await card.locator('.read').click();
    const frame = visitor.frameLocator('rapport-messenger iframe');
    const part = frame.locator('.part[data-look=post]');
    await part.getByRole('heading', { name: 'Spring' }).waitFor();
    await part.getByText('Ada Lovelace').waitFor();
    await picture(visitor, 'messenger-post');
    await live(agent);
    await count(agent, 'seen').getByText('1').waitFor();
    noErrors(agent);
    noErrors(visitor);
    await visitor.context().close();
    await agent.context().close();
});

test('files and goals work without a script', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/outbound/new`);
    await page.getByLabel('Message, in Markdown').fill('Plain');
    await page.getByLabel('They do something').check();
    await page.getByLabel('The event that is the goal').fill('Bought');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.waitForURL(/outbound\/\d+$/);
    assert.equal(await page.getByLabel('The event that is the goal').inputValue(), 'Bought');
    await page.getByLabel('Files to attach').setInputFiles({ name: 'plain.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByRole('button', { name: 'Attach', exact: true }).click();
    await page.getByRole('link', { name: 'plain.txt' }).first().waitFor();
    await page.getByRole('button', { name: 'Remove plain.txt' }).click();
    await page.getByText('At most 10 files').waitFor();
    await none(page.getByRole('link', { name: 'plain.txt' }));
    await page.context().close();
});
