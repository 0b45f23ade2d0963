// What an e-mail says to who reads plain mail, what a test of one says of its draft, and e-mails that a program has a teammate write.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMail, words } from './mail.mjs';
import { accessible, api, holds, newTeammate, noErrors, none, person as ada, picture, ready, send, startBrowser, startServer } from './support.mjs';

let mail;
let server;
let browser;
before(async () => {
    mail = await startMail();
    server = await startServer({ more: mail.flags });
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'grace', traits: { name: 'Grace Hopper', email: 'grace@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
    await mail?.stop();
});

/** The plain part of a mail without files. */
const plain = (letter) => {
    const source = words(letter);
    const [, first] = source.split(`--${/boundary="([^"]+)"/.exec(source)[1]}`);
    return first.slice(first.indexOf('\r\n\r\n') + 4).replaceAll('\r\n', '\n').replaceAll('=20\n', ' \n');
};

test('a test arrives as plain text too, and the page says whether what it shows is saved', async () => {
    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/outbound/new`);
    await agent.getByRole('button', { name: 'Add condition' }).waitFor();
    await ready(agent);
    await agent.getByLabel('Name, for the team').fill('Menu');
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('Subject of the e-mail').fill('The menu');
    await agent.getByLabel('Message, in Markdown').fill('# Hello {{ first_name | fallback: "there" }}\n\n- **Soup**\n- Bread\n\n> Good\n\nSee [the menu](https://shop.example/menu) ![A kettle](https://shop.example/k.png)');
    await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
    await agent.getByText('What you wrote is not saved yet').waitFor();
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await ready(agent);
    await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
    await agent.getByText(`A test is on its way to ${ada.email}. It reads as the message is saved.`).waitFor();
    await ready(agent);
    await none(agent.getByText('There are changes that are not saved').filter({ visible: true }));
    await accessible(agent);
    await picture(agent, 'outbound-tested', true);
    const text = plain(await mail.find(ada.email, 'Subject: Test: The menu'));
    assert.ok(text.startsWith('Hello Grace\n\n- Soup\n- Bread\n\n> Good\n\nSee the menu (https://shop.example/menu) A kettle\n\n-- '), text);
    assert.match(text, /Unsubscribe: http\S+\/unsubscribe\/\S+\s*$/);
    // What is changed since is not saved, and starts nothing.
    await agent.getByLabel('Name, for the team').fill('Menu of May');
    await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
    await agent.getByText('What you wrote is not saved yet').waitFor();
    await ready(agent);
    await agent.getByText('Start…').click();
    await agent.getByText('There are changes that are not saved. Save them first').waitFor();
    // A test that fails says why, and no more than that is to be put right.
    await agent.getByRole('button', { name: 'Save changes' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await ready(agent);
    await agent.getByPlaceholder('E-mail or user id of anyone').fill('nobody');
    await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
    await agent.getByRole('alert').getByText('obody has this e-mail address or user id').waitFor();
    await ready(agent);
    await none(agent.getByText('There are changes that are not saved').filter({ visible: true }));
    noErrors(agent);
    await agent.context().close();
});

for (const javaScript of [true, false]) {
    test(`what each of the people chosen reads is shown one after the other, script ${javaScript}`, async () => {
        await send(server, 'identify', { userId: 'alan', traits: { name: 'Alan Turing', email: 'alan@example.com' } });
        const ids = [];
        for (const id of ['grace', 'alan']) ids.push(parseInt((await api(server, 'GET', `/contacts/find_by_external_id/${id}`)).said.id, 16));
        const agent = await newTeammate(browser, server, { javaScript, phone: javaScript });
        await agent.goto(`${server.url}/outbound/new?channel=email&people=${ids}`);
        if (javaScript) await ready(agent);
        await agent.getByLabel('Subject of the e-mail').fill(`For {{ first_name }}, script ${javaScript}`);
        await agent.getByLabel('Message, in Markdown').fill('Hi {{ first_name }}');
        if (!javaScript) await agent.getByRole('button', { name: 'Show the preview' }).click();
        const preview = agent.locator('.preview');
        await preview.getByText('Hi Grace').waitFor();
        await preview.getByText('1 of 2 chosen').waitFor();
        await holds(() => preview.getByRole('button', { name: 'Previous' }).isDisabled());
        await preview.getByRole('button', { name: 'Next' }).click();
        await preview.getByText('Hi Alan').waitFor();
        await preview.getByText('2 of 2 chosen').waitFor();
        await holds(() => preview.getByRole('button', { name: 'Next' }).isDisabled());
        assert.equal(await agent.getByLabel('Message, in Markdown').inputValue(), 'Hi {{ first_name }}');
        if (javaScript) await accessible(agent);
        await picture(agent, `outbound-chosen-${javaScript ? 'phone' : 'plain'}`, true);
        // A test reads as what is shown.
        await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
        await agent.getByText(`A test is on its way to ${ada.email}`).waitFor();
        await mail.find(ada.email, `Subject: Test: For Alan, script ${javaScript}`);
        await preview.getByText('2 of 2 chosen').waitFor();
        noErrors(agent);
        await agent.context().close();
    });
}

test('without JavaScript a draft that was looked at and tested can be started', async () => {
    const agent = await newTeammate(browser, server, { javaScript: false, phone: true });
    await agent.goto(`${server.url}/outbound/new`);
    await agent.getByLabel('Name, for the team').fill('By hand');
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('Subject of the e-mail').fill('By hand');
    await agent.getByLabel('Message, in Markdown').fill('Text');
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.getByRole('button', { name: 'Show the preview' }).click();
    await agent.getByText('Start…').click();
    await holds(() => agent.getByRole('button', { name: 'Start sending' }).isEnabled());
    await agent.getByRole('button', { name: 'Send a test to yourself' }).click();
    await agent.getByText('It reads as the message is saved').waitFor();
    await picture(agent, 'outbound-tested-phone', true);
    await agent.context().close();
});

test('a program has a teammate write one e-mail, which is on the profile and not among the messages to many', async () => {
    const { said: admins } = await api(server, 'GET', '/admins');
    const letter = {
        message_type: 'email', subject: 'Your order', body: '<p>It is <b>on its way</b></p>', template: 'plain',
        from: { type: 'admin', id: admins.admins[0].id }, to: { type: 'user', user_id: 'grace' }, client_id: 'order-1',
    };
    const { status, said } = await api(server, 'POST', '/messages', letter);
    assert.equal(status, 200, JSON.stringify(said));
    assert.deepEqual((await api(server, 'POST', '/messages', letter)).said, said);
    assert.match(plain(await mail.find('grace@example.com', 'Subject: Your order')), /^It is on its way\n\n-- /);
    const agent = await newTeammate(browser, server);
    const { said: grace } = await api(server, 'GET', '/contacts/find_by_external_id/grace');
    await agent.goto(`${server.url}/contacts/${parseInt(grace.id, 16)}`);
    await agent.locator('.standing').filter({ hasText: 'Your order' }).getByText('E-mail sent').waitFor();
    await agent.getByText('’s message Your order went out by e-mail').waitFor();
    await agent.goto(`${server.url}/outbound`);
    await ready(agent);
    await agent.getByText('Menu of May').waitFor();
    assert.equal(await agent.getByText('Your order').count(), 0);
    await agent.goto(`${server.url}/outbound/${said.id}`);
    await ready(agent);
    await agent.getByText('One person, as a program asked for it').waitFor();
    await agent.getByText('It is on its way').waitFor();
    await accessible(agent);
    await picture(agent, 'outbound-one', true);
    assert.equal(mail.mails.filter((one) => one.to === 'grace@example.com').length, 1, 'said twice, it went out once');
    // Who wants no e-mail gets none, and the program is told.
    await send(server, 'identify', { userId: 'grace', traits: { unsubscribed_from_emails: true } });
    const refused = await api(server, 'POST', '/messages', { ...letter, client_id: 'order-2' });
    assert.equal(refused.status, 409);
    assert.match(refused.said.errors[0].message, /they unsubscribed from e-mail/);
    noErrors(agent);
    await agent.context().close();
});
