import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomes, holds, live, newPage, newTab, newTeammate, noErrors, none, picture, ready, send, signIn, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const traits = { name: 'Grace Hopper', email: 'grace@example.com', plan: 'pro', seats: 12 };
    await send(server, 'identify', { userId: 'grace', traits });
    for (const total of [12.5, 12.5, 80]) {
        await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total, currency: 'USD' } });
    }
    await send(server, 'track', { userId: 'grace', event: 'Signed in', timestamp: '2025-03-01T12:00:00Z' });
    const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
    const context = { ip: '81.2.69.160', userAgent: agent, locale: 'en-GB', page: { url: 'https://shop.example/pricing' }, campaign: { name: 'spring' } };
    await send(server, 'page', { userId: 'grace', context });
    await send(server, 'group', { userId: 'grace', groupId: 'navy', traits: { name: 'US Navy', plan: 'enterprise', monthlySpend: 990, createdAt: '2024-01-15' } });
    for (let day = 1; day < 60; day += 1 + (day % 5)) {
        const timestamp = new Date(Date.now() - day * 86_400_000).toISOString();
        await send(server, 'track', { userId: 'grace', event: 'Report opened', timestamp });
    }
    await send(server, 'identify', { userId: 'noor', traits: { name: 'نور الدين 🙂', email: 'noor@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, name = 'Grace Hopper') => {
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
};

test('a wrong password is told, keeps the address, and the right one leads to the people', async () => {
    for (const javaScript of [true, false]) {
        const page = await newPage(browser, { javaScript });
        await signIn(page, server, 'not the password');
        await page.getByRole('alert').filter({ hasText: 'do not fit' }).waitFor();
        assert.equal(await page.getByLabel('E-mail address').inputValue(), 'ada@example.com');
        assert.equal(await page.getByLabel('Password').inputValue(), '');
        await signIn(page, server);
        await page.getByRole('heading', { name: 'People' }).waitFor();
        noErrors(page);
        await page.context().close();
    }
});

test('without signing in there is only the sign-in page, and it leads back', async () => {
    const page = await newPage(browser);
    await page.goto(`${server.url}/people?find=grace`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await picture(page, 'sign-in-1440-light');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'نور' }).count(), 0);
    // What is under way while one signs out, a connection or a question, is refused, which the browser writes into its console.
    await live(page);
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    noErrors(page);
    await page.context().close();
});

test('a profile says who this is and what they did, on every screen', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            await page.goto(`${server.url}/people`);
            const name = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await live(page);
            await picture(page, `people-${name}`);
            await open(page);
            await page.getByText('Order completed').first().waitFor();
            await picture(page, `profile-${name}`);
            await page.getByText('and 2 more').click();
            await becomes(() => page.getByText('12.5').count(), 2);
            if (phone) {
                await page.getByRole('link', { name: 'Facts' }).click();
            }
            await page.getByText('seats').locator('visible=true').first().waitFor();
            await page.getByText('London, United Kingdom').locator('visible=true').last().waitFor();
            await page.getByRole('link', { name: 'US Navy' }).locator('visible=true').waitFor();
            await picture(page, `facts-${name}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});

test('what is said in a line of a header is parted by dots, and no line of a phone begins or ends with one', async () => {
    for (const phone of [false, true]) {
        const page = await newTeammate(browser, server, { phone });
        await open(page, 'Grace Hopper');
        await page.waitForFunction(() => document.querySelectorAll('.profile-parts > *').length >= 5);
        const lines = await page.locator('.profile-parts').evaluate((whole) => {
            const { left, right } = whole.getBoundingClientRect();
            let before = null;
            return [...whole.children].map((part) => {
                const box = part.getBoundingClientRect();
                const begins = !before || box.top >= before.bottom - 1;
                before = box;
                const dot = getComputedStyle(part, '::before');
                // It stands before its part; before the first part of a line that is outside, where nothing is drawn.
                const drawn = dot.content !== 'none' && box.left - parseFloat(dot.width) >= left - 1;
                return { begins, drawn, fits: box.right <= right + 1 };
            });
        });
        assert.ok(lines.length >= 5 && lines.every((part) => part.fits));
        assert.ok(!phone || lines.filter((part) => part.begins).length > 1, 'on a phone it is several lines');
        for (const part of lines) assert.equal(part.drawn, !part.begins);
        noErrors(page);
        await page.context().close();
    }
});

test('an event in the list leads to its occurrences', async () => {
    const page = await newTeammate(browser, server);
    await open(page);
    await page.getByRole('link', { name: 'Signed in' }).click();
    await page.getByRole('heading', { name: 'Saturday 1 March 2025' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.entry').length === 1);
    noErrors(page);
    await page.context().close();
});

test('a tag added without JavaScript is seen in a second tab at once', async () => {
    const plain = await newTeammate(browser, server, { javaScript: false });
    await open(plain);
    const watching = await newTeammate(browser, server);
    await open(watching);
    await live(watching);
    await plain.getByLabel('New tag').fill('big spender');
    await plain.getByRole('button', { name: 'Add' }).click();
    await plain.getByRole('list', { name: 'Tags' }).getByText('big spender').waitFor();
    await watching.getByRole('list', { name: 'Tags' }).getByText('big spender').waitFor({ timeout: 5_000 });
    await watching.getByText('Ada Lovelace added the tag').waitFor();
    await plain.getByText('Who added them').click();
    await plain.locator('.tag-origins').getByText('Ada Lovelace').waitFor();

    await plain.getByLabel('New tag').fill('   ');
    await plain.getByRole('button', { name: 'Add' }).click();
    await plain.getByRole('alert').filter({ hasText: 'Write the tag' }).waitFor();
    await plain.reload();
    assert.equal(await plain.getByRole('alert').count(), 0, 'a message is shown once');

    await watching.getByRole('button', { name: 'Remove the tag big spender' }).click();
    await watching.getByRole('list', { name: 'Tags' }).getByText('big spender').waitFor({ state: 'detached' });
    await watching.getByText('Ada Lovelace removed the tag').waitFor();
    noErrors(plain);
    noErrors(watching);
    await plain.context().close();
    await watching.context().close();
});

test('a person is put into a company on their own page, and taken out of it again', async () => {
    const plain = await newTeammate(browser, server, { javaScript: false });
    await open(plain, 'نور');
    const watching = await newTeammate(browser, server);
    await open(watching, 'نور');
    await live(watching);
    await plain.getByText('Attach to a company').click();
    await plain.getByLabel('Name or id of a company').fill('Nobody Ltd');
    await plain.getByRole('button', { name: 'Attach', exact: true }).click();
    await plain.getByRole('alert').filter({ hasText: 'no company has this name or id' }).waitFor();
    assert.equal(await plain.getByLabel('Name or id of a company').inputValue(), 'Nobody Ltd', 'what was typed is kept');
    await plain.getByLabel('Name or id of a company').fill('us navy');
    await plain.getByRole('button', { name: 'Attach', exact: true }).click();
    await plain.locator('.fact-company').getByRole('link', { name: 'US Navy' }).waitFor();
    await watching.locator('.fact-company').getByRole('link', { name: 'US Navy' }).waitFor({ timeout: 5_000 });

    await watching.getByRole('button', { name: 'Detach from US Navy' }).click();
    await watching.getByText('In no company so far.').waitFor();
    await watching.getByText('Attach to a company').click();
    const field = watching.getByLabel('Name or id of a company');
    await field.pressSequentially('us');
    await watching.locator('#companies-to-join option[value="US Navy"]').waitFor({ state: 'attached' });
    await field.fill('navy');
    await field.press('Enter');
    await watching.locator('.fact-company').getByRole('link', { name: 'US Navy' }).waitFor();
    await becomes(() => field.inputValue(), '', 'ready for the next one');
    await watching.getByRole('button', { name: 'Detach from US Navy' }).click();
    await watching.getByText('In no company so far.').waitFor();
    noErrors(plain);
    noErrors(watching);
    await plain.context().close();
    await watching.context().close();
});

test('two tabs stay true to each other, also across a restart of the server', async () => {
    const one = await newTeammate(browser, server);
    await open(one, 'نور');
    await live(one);
    const two = await newTab(one);
    await open(two, 'نور');
    await live(two);
    await one.getByLabel('New tag').fill('مهم');
    await one.keyboard.press('Enter');
    await two.getByRole('list', { name: 'Tags' }).getByText('مهم').waitFor({ timeout: 5_000 });
    // The other tab may have it before the one that added it has its answer.
    await becomes(() => one.getByLabel('New tag').inputValue(), '', 'the field is ready for the next tag');

    await server.halt();
    await two.getByText('Connection lost').waitFor();
    await server.start();
    await send(server, 'track', { userId: 'noor', event: 'Came back' });
    await two.locator('.stream').getByText('Came back').waitFor({ timeout: 20_000 });
    await two.getByText('Connection lost').waitFor({ state: 'hidden' });
    const expected = (text) => !/WebSocket|ERR_|Failed to load/.test(text);
    assert.deepEqual([...one.errors, ...two.errors].filter(expected), []);
    await one.context().close();
});

test('an address without a page, and a person who is not there, say so', async () => {
    const page = await newTeammate(browser, server);
    for (const path of ['/contacts/999999', '/contacts/x', '/nothing']) {
        const answer = await page.goto(server.url + path);
        assert.equal(answer.status(), 404, path);
        await page.getByRole('link', { name: 'All people' }).waitFor();
    }
    await page.context().close();
});

test('a teammate changes data in place, sees what it was, and another tab follows', async () => {
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        const other = await newTeammate(browser, server);
        await open(other);
        await live(other);
        await open(page);
        if (javaScript) await live(page);
        const plan = javaScript ? 'enterprise' : 'starter';
        const row = page.locator('.fact', { hasText: 'plan' }).last();
        await row.locator('summary').click();
        await row.getByLabel('New value of plan').fill(plan);
        await row.getByRole('button', { name: 'Save' }).click();
        await other.locator('.fact', { hasText: 'plan' }).last().getByText(plan).waitFor();
        const seats = page.locator('.fact', { hasText: 'seats' }).last();
        await seats.locator('summary').click();
        await seats.getByLabel('New value of seats').fill('many');
        await seats.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('alert').filter({ hasText: 'Write a whole number' }).waitFor();
        await page.goto(page.url().split('?')[0]);
        const again = page.locator('.fact', { hasText: 'plan' }).last();
        await again.locator('summary').click();
        await again.getByRole('link', { name: 'What it was before' }).click();
        await page.locator('.fact-history').getByText('Ada Lovelace').first().waitFor();
        await page.locator('.fact-history').getByText('pro', { exact: true }).waitFor();
        noErrors(page, /status of 400/);
        noErrors(other);
        await page.context().close();
        await other.context().close();
    }
});

test('a person is edited, archived, brought back, exported and deleted', async () => {
    await send(server, 'identify', { userId: 'gone', traits: { name: 'Short Stay', email: 'short@example.com' } });
    const page = await newTeammate(browser, server);
    await open(page, 'Short Stay');
    await live(page);
    await page.getByText('More', { exact: true }).click();
    await page.getByText('Edit', { exact: true }).click();
    await picture(page, 'profile-menu');
    await page.getByLabel('Phone').fill('+41 44 000 00 00');
    await page.getByLabel('Owner').selectOption('Ada Lovelace');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByLabel('Facts').locator('.fact', { hasText: 'Owner' }).getByText('Ada Lovelace').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as JSON' }).click()]);
    assert.match(download.suggestedFilename(), /^person-\d+\.json$/);
    await page.getByRole('button', { name: 'Archive' }).click();
    await page.getByText('In the archive').waitFor();
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('In the archive').waitFor({ state: 'detached' });
    await page.getByText('Delete for good').first().click();
    await page.getByText('This cannot be undone.').waitFor();
    await picture(page, 'profile-delete');
    await page.getByLabel('Name of the person').fill('Short');
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('alert').filter({ hasText: 'exactly' }).waitFor();
    await page.getByLabel('Name of the person').fill('Short Stay');
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await none(page.getByText('Short Stay'));
    noErrors(page, /status of 40[04]/);
    await page.context().close();
});

test('a page names the parts of its script in its head, and loads no others', async () => {
    const page = await newTeammate(browser, server);
    for (const path of ['/inbox', '/people', '/companies', '/segments', '/settings/team', '/import']) {
        await page.goto(server.url + path);
        await ready(page);
        const { named, loaded } = await page.evaluate(() => ({
            named: [...document.querySelectorAll('link[rel=preload][as=fetch]')].map((link) => link.href),
            loaded: performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => /\.(wasm|parts)$/.test(name)),
        }));
        assert.equal(named.length, 1, `${path} has one file`);
        assert.deepEqual([...new Set(loaded)].sort(), named.sort(), path);
    }
    // Going on from there, what is not there yet is asked for by itself.
    const asked = page.waitForRequest('**/split_people.wasm');
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await asked;
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    noErrors(page);
    await page.context().close();
});

test('where the file with all parts is cut off or does not come, each is asked for by itself', async () => {
    for (const answer of [(route) => route.abort(), (route) => route.fulfill({ status: 404 }), async (route) => {
        const whole = await (await route.fetch()).body();
        await route.fulfill({ body: whole.subarray(0, whole.length / 2) });
    }]) {
        const page = await newTeammate(browser, server);
        await page.route('**/*.parts', answer);
        await page.goto(`${server.url}/people`);
        await ready(page);
        await page.getByRole('link', { name: 'Ada Byron' }).or(page.getByRole('heading', { name: 'People', exact: true })).first().waitFor();
        noErrors(page, /Failed to (load resource|fetch)|cut off|404|abort|WebAssembly/);
        await page.context().close();
    }
    const stranger = await newPage(browser);
    await stranger.goto(`${server.url}/sign-in`);
    await ready(stranger);
    assert.equal(await stranger.locator('link[rel=preload][href$="/entrance.parts"]').count(), 1);
    noErrors(stranger);
    await stranger.context().close();
});

test('where a part of the script does not come, the page comes whole from the server', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/people`);
    await ready(page);
    await page.route(/\/(split_companies\.wasm|companies\.parts)$/, (route) => route.abort());
    await page.getByRole('link', { name: 'Companies' }).click();
    await page.getByRole('heading', { name: 'Companies', exact: true }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/companies');
    await page.getByLabel('Find companies').fill('nobody');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No company found').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), undefined, 'it works as it was sent');
    noErrors(page, /Failed to (load resource|fetch)/);
    await page.context().close();
});

test('the link of an old entry opens the stream there, with and without JavaScript', async () => {
    const at = (n) => new Date(Date.UTC(2025, 0, 1, 0, n)).toISOString();
    const step = (n) => ({ type: 'track', userId: 'walker', event: `Step ${n}`, timestamp: at(n) });
    await send(server, 'identify', { userId: 'walker', traits: { name: 'Walker' } });
    await send(server, 'batch', { batch: Array.from({ length: 120 }, (_, n) => step(n)) });
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        await open(page, 'Walker');
        if (javaScript) await ready(page);
        const entry = page.locator('.entry', { has: page.getByText('Step 30', { exact: true }) });
        // They come below those that are there, or in their place without a script.
        const oldest = page.locator('.entry').last();
        await oldest.waitFor();
        for (let tries = 0; tries < 3 && await entry.count() === 0; tries += 1) {
            const before = await oldest.innerText();
            await page.getByRole('link', { name: 'Older' }).click();
            await holds(async () => (await oldest.innerText()) !== before, 'older ones stand there');
        }
        const href = await entry.getByRole('link').last().getAttribute('href');
        await page.goto(`${server.url}${href}`);
        const marked = page.locator('.entry[aria-current="true"]');
        await marked.getByText('Step 30', { exact: true }).waitFor();
        await holds(() => marked.evaluate((li) => {
            const { top, bottom } = li.getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;
        }), 'it is on the screen');
        await page.getByRole('link', { name: 'Newer' }).click();
        await page.locator('.entry').getByText('Step 60', { exact: true }).waitFor();
        noErrors(page);
        await page.context().close();
    }
});
