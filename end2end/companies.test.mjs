import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { becomes, live, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const navy = { name: 'US Navy', plan: 'enterprise', monthlySpend: 890, employees: 1200, industry: 'Ships', website: 'https://navy.example', createdAt: '2024-02-01T00:00:00Z' };
    for (const [id, name] of [['grace', 'Grace Hopper'], ['noor', 'نور الدين'], ['long', 'Featherstonehaugh-Cholmondeley Wolfeschlegelsteinhausen']]) {
        await send(server, 'group', { userId: id, groupId: 'navy', traits: navy });
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@navy.example` } });
    }
    await send(server, 'page', { userId: 'grace', context: { ip: '81.2.69.160' } });
    await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total: 80 } });
    await send(server, 'group', { userId: 'quiet', groupId: 'quiet', traits: { name: 'Quiet Foods', createdAt: '2023-01-01T00:00:00Z' } });
    await send(server, 'identify', { userId: 'byron', traits: { name: 'Ada Byron', email: 'byron@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, name) => {
    await page.goto(`${server.url}/companies`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.waitForURL(/\/companies\/\d+/);
};

test('two teammates on one company see what the other does', async () => {
    const [one, two] = [await newTeammate(browser, server), await newTeammate(browser, server)];
    for (const page of [one, two]) {
        await open(page, 'US Navy');
        await live(page);
    }
    await one.locator('.profile-header').getByText('Active').waitFor();
    await one.locator('.profile-header').getByText(/Customer for 2 years/).waitFor();
    await one.locator('.profile-header').getByText('1 session').waitFor();
    await one.locator('.profile-header').getByRole('link', { name: '3 people' }).waitFor();
    await one.getByText('London, United Kingdom').first().waitFor();

    await one.getByLabel('New tag').fill('key account');
    await one.keyboard.press('Enter');
    await two.getByRole('list', { name: 'Tags' }).getByText('key account').waitFor();
    await two.getByText('Attach someone').click();
    await two.getByLabel('E-mail address or user id').fill('nobody@example.com');
    await two.getByRole('button', { name: 'Attach' }).click();
    await two.getByRole('alert').filter({ hasText: 'Nobody has this' }).waitFor();
    await two.getByLabel('E-mail address or user id').fill('byron@example.com');
    await two.getByRole('button', { name: 'Attach' }).click();
    await one.locator('.member').getByText('Ada Byron').waitFor();
    const member = one.locator('.member', { hasText: 'Grace Hopper' });
    await member.locator('summary').click();
    await member.getByRole('button', { name: 'Make main contact' }).click();
    await two.locator('.member', { hasText: 'Grace Hopper' }).locator('.badge').getByText('Main contact').waitFor();

    await one.getByRole('link', { name: 'Stream', exact: true }).click();
    await one.locator('.entry').getByText('Order completed').waitFor();
    await one.getByLabel('New note').fill('Renews in **May**');
    await one.getByRole('button', { name: 'Save note' }).click();
    await two.locator('.notes .prose').getByText('May').waitFor();
    // What one of its people does is heard as well.
    await two.locator('.company-tabs').getByRole('link', { name: 'Stream' }).click();
    await two.locator('.entry').getByText('Order completed').waitFor();
    await send(server, 'track', { userId: 'grace', event: 'Report opened' });
    await two.locator('.entry').getByText('Report opened').waitFor();
    await one.goto(`${server.url}/companies`);
    await one.getByRole('link', { name: /Never seen/ }).click();
    await one.locator('.toolbar-count').getByText('1 company').waitFor();
    await one.getByRole('link', { name: 'Quiet Foods' }).waitFor();
    noErrors(one);
    noErrors(two, /status of 400/);
    await one.context().close();
    await two.context().close();
});

test('without JavaScript a company is found, read, tagged and changed', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/companies`);
    await page.getByLabel('Find companies').fill('quiet');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.locator('.toolbar-count').getByText('1 company').waitFor();
    await page.getByRole('link', { name: 'Quiet Foods' }).click();
    await page.getByText('No one of it has been seen').first().waitFor();
    await page.getByLabel('New tag').fill('call them');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('list', { name: 'Tags' }).getByText('call them').waitFor();
    await page.getByText('Edit', { exact: true }).first().click();
    await page.getByLabel('Industry').fill('Food');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.locator('.facts').getByText('Food', { exact: true }).waitFor();
    await page.goto(`${server.url}/settings/health`);
    await page.getByLabel(/^Slipping away/).fill('10');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'further than active' }).waitFor();
    assert.equal(await page.getByLabel(/^Slipping away/).inputValue(), '10', 'what was typed is kept');
    noErrors(page);
    await page.context().close();
});

test('what is typed stays while the list follows, and what the fields offer is asked for once', async () => {
    const page = await newTeammate(browser, server);
    for (const [path, label, text] of [['companies', 'Find companies', 'quiet f'], ['people', 'Find people', 'grace h']]) {
        await page.goto(`${server.url}/${path}`);
        await live(page);
        await ready(page);
        const asked = [];
        const hear = (request) => /\/do\/(company|people)_options/.test(request.url()) && asked.push(request.url());
        page.on('request', hear);
        const field = page.getByLabel(label);
        // Slower than the list waits, so that it follows each letter.
        await field.pressSequentially(text, { delay: 260 });
        await page.waitForURL((url) => url.searchParams.get('find') === text);
        await page.locator('.toolbar-count').getByText(/^1 /).waitFor();
        assert.equal(await field.inputValue(), text);
        assert.equal(await field.evaluate((it) => it === document.activeElement), true, 'the focus stays');
        assert.deepEqual(asked, []);
        page.off('request', hear);
    }
    noErrors(page);
    await page.context().close();
});

test('a stream is filtered by one of its people, found by typing, and the filter is taken off', async () => {
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        await open(page, 'US Navy');
        await page.locator('.company-tabs').getByRole('link', { name: 'Stream' }).click();
        await page.locator('.entry').getByText('Order completed').waitFor();
        if (javaScript) await live(page);
        await page.getByText('Filter by person').click();
        if (javaScript) {
            await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'who');
            await page.keyboard.type('hop');
        } else {
            await page.getByLabel('Find whose entries to show').fill('hop');
        }
        if (!javaScript) await page.locator('.whose').getByRole('button', { name: 'Find' }).click();
        const offered = page.getByRole('list', { name: 'People of this company' });
        await offered.getByRole('link', { name: 'Grace Hopper' }).click();
        await page.locator('.whose .chip').getByText('Only entries of Grace Hopper').waitFor();
        await page.locator('.entry').getByText('Order completed').waitFor();
        // The chip comes with the address; the list has the old entries until the new ones are there.
        await none(page.locator('.entry', { hasText: 'نور الدين' }));
        await page.locator('.company .tabs').getByRole('link', { name: 'Events' }).click();
        await page.waitForURL(/show=event/);
        await page.locator('.whose .chip').waitFor();
        await page.locator('.whose a[href*="show=event"]').getByText('Show everybody’s').click();
        await page.getByText('Filter by person').waitFor();
        await none(page.locator('.whose .chip'));
        await page.waitForURL((url) => !url.searchParams.has('person'));
        assert.match(page.url(), /show=event/, 'the type stays');
        noErrors(page);
        await page.context().close();
    }
});

test('on a phone whom to filter by is chosen from a list that stays on the screen', async () => {
    for (let n = 0; n < 12; n++) {
        await send(server, 'group', { userId: `sailor${n}`, groupId: 'crowd', traits: { name: 'Crowd' } });
        await send(server, 'identify', { userId: `sailor${n}`, traits: { name: `Sailor Number ${n} of the Crowd` } });
    }
    const page = await newTeammate(browser, server, { phone: true });
    await open(page, 'Crowd');
    await page.locator('.member').nth(11).waitFor();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.waitForFunction(() => {
        const [name, parts] = ['.profile-kept', '.company-tabs'].map((s) => document.querySelector(s).getBoundingClientRect());
        return scrollY > 200 && Math.abs(name.top) < 1 && Math.abs(parts.top - name.bottom) < 1;
    });
    await page.locator('.company-tabs').getByRole('link', { name: 'Stream' }).click();
    await page.locator('.entry').first().waitFor();
    await live(page);
    await page.getByText('Filter by person').click();
    const offered = page.getByRole('list', { name: 'People of this company' });
    await offered.waitFor();
    await page.waitForFunction(() => {
        const [field, list] = ['.whose [name=who]', '.whose .choices'].map((s) => document.querySelector(s)?.getBoundingClientRect());
        return field.top >= 0 && list.bottom <= innerHeight && list.left >= 0 && list.right <= innerWidth;
    });
    assert.equal(await offered.evaluate((list) => list.scrollHeight > list.clientHeight), true, 'the rest scrolls in the list');
    await picture(page, 'company-whose-390');
    await offered.getByRole('link').last().click();
    await page.locator('.whose .chip').waitFor();
    noErrors(page);
    await page.context().close();
});

test('size, spend and the first day are edited without a script, and a mistake is named', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await open(page, 'Quiet Foods');
    await page.getByText('Edit', { exact: true }).first().click();
    await page.getByLabel('Size, in people').fill('some');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByRole('alert').filter({ hasText: 'Size: write a whole number' }).waitFor();
    assert.equal(await page.getByLabel('Size, in people').inputValue(), 'some', 'what was typed is kept');
    await page.getByLabel('Size, in people').fill('40');
    await page.getByLabel('Monthly spend').fill('12.5');
    await page.getByLabel('Customer since').fill('2023-01-02');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.locator('.profile-header').getByText('40 people work there').waitFor();
    await page.locator('.profile-header').getByText('spends 12.50 a month').waitFor();
    await page.locator('.profile-header').getByText(/since 2 January 2023/).waitFor();
    noErrors(page);
    await page.context().close();
});

test('what is saved closes the form, which begins with what others changed when it is opened again', async () => {
    await send(server, 'group', { userId: 'ed', groupId: 'edited', traits: { name: 'Edited Goods', plan: 'first' } });
    const page = await newTeammate(browser, server);
    await open(page, 'Edited Goods');
    await live(page);
    const actions = page.locator('.profile-actions');
    await actions.getByText('Edit', { exact: true }).click();
    await actions.getByLabel('Industry').fill('Food');
    await actions.getByRole('button', { name: 'Save' }).click();
    await page.locator('.profile-header .profile-parts').getByText('Food', { exact: true }).waitFor();
    await actions.getByLabel('Industry').waitFor({ state: 'hidden' });
    await send(server, 'group', { userId: 'ed', groupId: 'edited', traits: { plan: 'second' } });
    await page.locator('.profile-header .profile-parts').getByText('second plan').waitFor();
    await actions.getByText('Edit', { exact: true }).click();
    await becomes(() => actions.locator('[name=plan]').inputValue(), 'second');
    await becomes(() => actions.locator('[name=industry]').inputValue(), 'Food');
    noErrors(page);
    await page.context().close();
});

/** The field of a message: what is in it counts as a part of its label for the browser driver. */
const message = (page) => page.locator('textarea[name=body]');

/** Two companies of their own for a test, so that no test sees what another one did. */
const pair = async (from, into) => {
    for (const [id, name, users] of [[from, `From ${from}`, ['f1', 'both']], [into, `Into ${into}`, ['i1', 'both']]]) {
        for (const user of users) await send(server, 'group', { userId: `${into}-${user}`, groupId: id, traits: { name, plan: id, createdAt: '2024-01-01T00:00:00Z' } });
    }
    await send(server, 'track', { userId: `${into}-f1`, event: 'Came along' });
};

test('some people of a company are written to: named, previewed, said once, and called waiting', async () => {
    const page = await newTeammate(browser, server);
    await open(page, 'US Navy');
    await live(page);
    await page.getByLabel('Select Grace Hopper').check();
    await page.getByLabel('Select نور الدين').check();
    await page.getByRole('button', { name: 'Message' }).click();
    await page.getByRole('heading', { name: 'Message to people of US Navy' }).waitFor();
    await page.locator('.group-to').getByText('Grace Hopper and نور الدين').waitFor();
    await page.getByText('Waiting: reaches each of them when they next open a page with your Messenger').waitFor();
    await message(page).fill('Hi {{frist_name}}');
    await page.getByRole('button', { name: 'Send to 2 people' }).click();
    await page.getByRole('alert').filter({ hasText: 'there is no variable' }).waitFor();
    assert.equal(await message(page).inputValue(), 'Hi {{frist_name}}', 'what was written stays');
    await message(page).fill('Hi {{first_name | there}}, from {{my_name}} to {{company}}');
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText('Hi Grace, from Ada Lovelace to US Navy').waitFor();
    await preview.getByRole('button', { name: 'Next' }).click();
    await preview.getByText('Hi نور, from Ada Lovelace to US Navy').waitFor();
    await preview.getByText('2 of 2').waitFor();
    await page.getByRole('button', { name: 'Send to 2 people' }).dblclick();
    const job = page.locator('.job', { hasText: 'Writing to people of US Navy' });
    await job.getByText(/done, 2 conversations begun. Waiting: each reaches its person/).waitFor();
    assert.doesNotMatch(await job.innerText(), /sent|delivered/i);
    await page.getByRole('link', { name: 'Stream', exact: true }).click();
    await page.locator('.entry').getByText('Hi Grace, from Ada Lovelace to US Navy').waitFor();
    assert.equal(await page.locator('.entry').getByText(/Hi Grace/).count(), 1, 'a double press says it once');
    await page.goto(`${server.url}/inbox?in=mine`);
    await page.getByRole('link', { name: /Grace Hopper/ }).first().click();
    await page.locator('.part').getByText('Hi Grace, from Ada Lovelace to US Navy').waitFor();
    noErrors(page, /status of 400/);
    await page.context().close();
});

test('without JavaScript people of a company are written to, with a preview', async () => {
    await send(server, 'group', { userId: 'joan', groupId: 'eniac', traits: { name: 'Eniac' } });
    await send(server, 'group', { userId: 'betty', groupId: 'eniac', traits: { name: 'Eniac' } });
    await send(server, 'identify', { userId: 'joan', traits: { name: 'Joan Clarke' } });
    await send(server, 'identify', { userId: 'betty', traits: { name: 'Betty Holberton' } });
    const page = await newTeammate(browser, server, { javaScript: false });
    await open(page, 'Eniac');
    await page.getByLabel('Select Joan Clarke').check();
    await page.getByLabel('Select Betty Holberton').check();
    await page.getByRole('button', { name: 'Message' }).click();
    await page.getByRole('heading', { name: 'Message to people of Eniac' }).waitFor();
    await message(page).fill('Dear {{first_name}} & co <b>');
    await page.getByRole('button', { name: 'Show the preview' }).click();
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText('Dear Joan & co <b>').waitFor();
    await preview.getByRole('button', { name: 'Next' }).click();
    await preview.getByText('Dear Betty & co <b>').waitFor();
    assert.equal(await message(page).inputValue(), 'Dear {{first_name}} & co <b>');
    await message(page).fill('Dear {{nobody}}');
    await page.getByRole('button', { name: 'Send to 2 people' }).click();
    await page.getByRole('alert').filter({ hasText: 'there is no variable' }).waitFor();
    assert.equal(await message(page).inputValue(), 'Dear {{nobody}}', 'what was written stays');
    await message(page).fill('Dear {{first_name}}');
    await page.getByRole('button', { name: 'Send to 2 people' }).click();
    await page.locator('.job', { hasText: 'Writing to people of Eniac' }).waitFor();
    for (let tries = 0; (await page.getByText(/2 conversations begun/).count()) === 0; tries++) {
        assert.ok(tries < 50, 'the job came to its end');
        await page.reload();
    }
    noErrors(page);
    await page.context().close();
});

test('a company is merged into another, and who looks at it is led along', async () => {
    await pair('old', 'new');
    const [one, two] = [await newTeammate(browser, server), await newTeammate(browser, server)];
    for (const page of [one, two]) {
        await open(page, 'From old');
        await live(page);
    }
    const old = two.url();
    await one.getByLabel('More actions').click();
    await one.getByRole('link', { name: 'Merge into another company' }).click();
    await one.getByLabel('Find the company that stays').fill('into new');
    await one.getByRole('button', { name: 'Find' }).click();
    await one.getByRole('link', { name: /Into new/ }).click();
    await one.getByRole('heading', { name: 'Merge From old into Into new' }).waitFor();
    await one.getByText('2 people move; 1 of them are in both and stay once.').waitFor();
    await one.getByText('You can undo it for 15 seconds').waitFor();
    await one.getByLabel('Name of the company that goes').fill('Into new');
    await one.getByRole('button', { name: 'Merge', exact: true }).click();
    await one.getByRole('alert').filter({ hasText: 'exactly as it is shown' }).waitFor();
    await one.getByLabel('Name of the company that goes').fill('From old');
    await one.getByRole('button', { name: 'Merge', exact: true }).click();
    await one.getByRole('heading', { name: 'Into new', exact: true }).waitFor();
    const job = one.locator('.job', { hasText: 'Merging From old into Into new' });
    await job.getByText('in a few seconds').waitFor();
    // Who looks at the company that goes is told, and sees that it was undone.
    await two.getByText(/merging this company into Into new/).waitFor();
    await becomes(() => two.getByRole('button', { name: 'Undo' }).count(), 1, 'said once');
    // The other page of the same teammate shows it first; here it is said all the same.
    await ready(one);
    const late = /\/do\/jobs/;
    await one.route(late, (route) => setTimeout(() => route.continue(), 1500));
    const noted = two.waitForResponse(/see_jobs/);
    await job.getByRole('button', { name: 'Undo' }).click();
    await noted;
    await job.getByText('undone, nothing has changed').waitFor();
    await one.unrouteAll({ behavior: 'wait' });
    await two.getByText(/merging this company into/).waitFor({ state: 'detached' });
    await one.goto(`${old.replace(/\?.*/, '')}/merge`);
    await one.getByRole('link', { name: /Into new/ }).click();
    await one.getByLabel('Name of the company that goes').fill('From old');
    await one.getByRole('button', { name: 'Merge', exact: true }).click();
    await one.locator('.profile-header').getByText('3 people').waitFor();
    await one.getByRole('link', { name: 'Stream', exact: true }).click();
    await one.locator('.entry').getByText('Came along').waitFor();
    await one.locator('.entry').getByText(/merged/).waitFor();
    await two.getByRole('heading', { name: 'Into new' }).waitFor();
    // The address is that of the one that stays.
    await two.waitForURL((url) => url.href !== old);
    await two.goto(old);
    await two.getByRole('heading', { name: 'Into new' }).waitFor();
    await two.waitForURL((url) => url.href !== old);
    noErrors(one, /status of 400/);
    noErrors(two);
    await one.context().close();
    await two.context().close();
});

/** Loads a page without a script again until it says so: what was begun happens some seconds later. */
async function until(page, says) {
    for (let tries = 0; !(await says()); tries++) {
        assert.ok(tries < 60, 'it happened');
        await page.waitForTimeout(500);
        await page.reload();
    }
}

test('without JavaScript companies are merged, deleted and exported', async () => {
    await pair('alpha', 'omega');
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/companies?plan=alpha`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export it as CSV' }).click()]);
    assert.match(readFileSync(await file.path(), 'utf8'), /^company_id,name,plan,.*\nalpha,From alpha,alpha,/);
    await page.getByRole('link', { name: 'From alpha' }).click();
    await page.getByLabel('More actions').click();
    await page.getByRole('link', { name: 'Merge into another company' }).click();
    await page.getByLabel('Find the company that stays').fill('omega');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name: /Into omega/ }).click();
    await page.getByRole('link', { name: 'Keep the other one instead' }).click();
    await page.getByRole('heading', { name: 'Merge Into omega into From alpha' }).waitFor();
    await page.getByLabel('Name of the company that goes').fill('Omega');
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'exactly as it is shown' }).waitFor();
    assert.equal(await page.getByLabel('Name of the company that goes').inputValue(), 'Omega', 'what was typed is kept');
    await page.getByLabel('Name of the company that goes').fill('Into omega');
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByRole('heading', { name: 'From alpha', exact: true }).waitFor();
    await page.getByText('Merging Into omega into From alpha: in a few seconds').waitFor();
    await until(page, () => page.getByText('3 people').first().isVisible());
    await page.getByLabel('More actions').click();
    await page.getByRole('link', { name: 'Delete', exact: true }).click();
    await page.getByText('3 people stay').waitFor();
    await page.getByLabel('Name of the company').fill('From alpha');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Companies' }).waitFor();
    await page.locator('.job', { hasText: 'Deleting From alpha' }).getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Deleting From alpha: undone, nothing has changed').waitFor();
    await page.getByRole('link', { name: 'From alpha' }).click();
    await page.getByLabel('More actions').click();
    await page.getByRole('link', { name: 'Delete', exact: true }).click();
    await page.getByLabel('Name of the company').fill('From alpha');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Companies' }).waitFor();
    await until(page, async () => (await page.getByRole('link', { name: 'From alpha' }).count()) === 0);
    await page.goto(`${server.url}/people`);
    await page.getByText('omega-both').first().waitFor();
    noErrors(page);
    await page.context().close();
});

test('on every screen: the list, the people, the stream and the facts', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            const size = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.goto(`${server.url}/companies`);
            await ready(page);
            await picture(page, `companies-${size}`);
            await page.getByRole('link', { name: 'US Navy' }).click();
            await page.locator('.member').first().waitFor();
            await picture(page, `company-${size}`);
            await page.getByRole('link', { name: 'Stream', exact: true }).click();
            await page.locator('.entry').first().waitFor();
            await picture(page, `company-stream-${size}`);
            if (phone) {
                await page.getByRole('link', { name: 'Facts' }).click();
                await page.getByText('Where they are').waitFor();
                await picture(page, `company-facts-${size}`);
            }
            const path = new URL(page.url()).pathname;
            await page.goto(`${server.url}${path}/message?all=1`);
            await ready(page);
            await message(page).fill('Hi {{first_name | there}},\n\nwe have news for {{company}}.');
            await page.getByRole('region', { name: 'Preview' }).getByText(/we have news/).waitFor();
            await picture(page, `company-message-${size}`, true);
            await page.goto(`${server.url}${path}/merge`);
            await page.getByRole('list', { name: 'Companies' }).waitFor();
            await picture(page, `company-merge-${size}`, true);
            await page.getByRole('link', { name: /Quiet Foods/ }).click();
            await page.getByRole('button', { name: 'Merge', exact: true }).waitFor();
            await picture(page, `company-merge-plan-${size}`, true);
            await page.goto(`${server.url}${path}/delete`);
            await page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
            await picture(page, `company-delete-${size}`, true);
            await page.goto(`${server.url}/settings/health`);
            await picture(page, `health-${size}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});
