import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { holds, live, newTab, newTeammate, noErrors, picture, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const names = ['Grace Hopper', 'Katherine Johnson', 'نور الدين 🙂', 'Æthelflæd of Mercia', '李明', 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh'];
    const batch = [];
    for (let n = 0; n < 130; n++) {
        const name = n < names.length ? names[n] : `Person ${n}`;
        const userId = `u-${n}`;
        batch.push({ type: 'identify', userId, traits: { name, email: `p${n}@example.com`, plan: n % 3 ? 'free' : 'pro' } });
        batch.push({ type: 'group', userId, groupId: `company-${n % 4}`, traits: { name: `Company ${n % 4}` } });
        batch.push({ type: 'page', userId, timestamp: new Date(Date.now() - n * 3_600_000).toISOString() });
    }
    await send(server, 'batch', { batch });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const rows = (page) => page.locator('tbody tr');
const count = (page, text) => page.locator('.toolbar-count', { hasText: text }).waitFor();

test('the list is found as one types, filtered, sorted, and looks right on every screen', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            await page.goto(`${server.url}/people`);
            await live(page);
            await count(page, '130 people');
            const name = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.getByRole('checkbox', { name: 'Select Grace Hopper' }).check();
            await page.getByText('1 person selected').waitFor();
            await picture(page, `people-${name}`);
            const seen = await page.locator('tbody td:nth-child(3) > *').evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().right)));
            assert.ok(seen <= (phone ? 390 : 1440), 'when they were last seen is not cut off');
            if (phone) {
                const covered = () => page.locator('thead th:nth-child(2)').evaluate((head) => {
                    head.closest('.table-wrap').scrollLeft = 200;
                    const box = head.getBoundingClientRect();
                    return ![0.1, 0.5, 0.9].every((part) => head.contains(document.elementFromPoint(box.left + box.width * part, box.top + box.height / 2)));
                });
                assert.equal(await covered(), false, 'whose column it is stays over the other columns when they are moved');
                await page.locator('.table-wrap').evaluate((wrap) => wrap.scrollTo(0, 0));
            }
            await page.getByRole('searchbox').pressSequentially('hop');
            await count(page, '1 person');
            await page.waitForURL(/find=hop/);
            await page.getByRole('searchbox').fill('');
            await count(page, '130 people');
            await page.getByLabel('Company', { exact: true }).fill('Company 1');
            await count(page, '33 people');
            await page.getByRole('link', { name: 'Person', exact: true }).click();
            await page.locator('th[aria-sort="ascending"]').waitFor();
            await page.waitForURL(/sort=name/);
            await page.goBack();
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            const cut = await page.evaluate(() => {
                const tools = [...document.querySelectorAll('.people-tools :is(input, select, button, a)')];
                const isCut = (tool) => {
                    tool.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
                    return tool.getBoundingClientRect().right > innerWidth;
                };
                return tools.filter(isCut).map((tool) => tool.outerHTML);
            });
            assert.deepEqual(cut, [], 'no tool is out of reach');
            noErrors(page);
            await page.context().close();
        }
    }
});

test('columns are chosen and stay', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/people`);
    await live(page);
    await page.getByText('Columns').click();
    await page.getByLabel('plan').check();
    await page.getByLabel('Location').uncheck();
    await picture(page, 'people-columns');
    await page.getByRole('button', { name: 'Show these' }).click();
    await page.getByRole('columnheader', { name: 'plan' }).waitFor();
    await page.reload();
    await page.getByRole('columnheader', { name: 'plan' }).waitFor();
    assert.equal(await page.getByRole('columnheader', { name: 'Location' }).count(), 0);
    noErrors(page);
    await page.context().close();
});

test('all who match are tagged at once, a second teammate sees it, and it is undone', async () => {
    const page = await newTeammate(browser, server);
    const other = await newTeammate(browser, server);
    await other.goto(`${server.url}/people`);
    await live(other);
    await page.goto(`${server.url}/people?find=person`);
    await live(page);
    await count(page, '124 people');
    await page.getByRole('checkbox', { name: 'Select everyone on this page' }).check();
    await page.getByText('50 people selected').waitFor();
    await page.getByLabel('All 124 matching').check();
    await page.getByText('124 people selected').waitFor();
    await page.getByLabel('Tag for the selected people').fill('early bird');
    await page.getByRole('button', { name: 'Add tag' }).press('Enter');
    await page.getByText('done, 124 people changed').waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('.job'), null, { timeout: 5_000 });
    await rows(page).filter({ hasText: 'early bird' }).nth(49).waitFor();
    await other.locator('tbody').getByText('early bird').first().waitFor();
    // By whichever of the two pages shows it first.
    const noted = Promise.any([page, other].map((one) => one.waitForResponse(/see_jobs/)));
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByText('Undoing: done, 124 people changed').waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'BUTTON', null, { timeout: 5_000 });
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    await other.locator('tbody').getByText('early bird').first().waitFor({ state: 'detached' });
    // How it ended is said on the page where it is seen, and not on the next.
    await noted;
    await page.getByRole('link', { name: 'Companies' }).click();
    await page.getByRole('heading', { name: 'Companies', exact: true }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click();
    await count(page, '130 people');
    assert.equal(await page.locator('.job').count(), 0);
    // What can be undone stays until it is closed, in every tab.
    const second = await newTab(page);
    await second.goto(`${server.url}/people`);
    await live(second);
    await page.getByRole('checkbox', { name: 'Select everyone on this page' }).check();
    await page.getByLabel('Tag for the selected people').fill('late bird');
    await page.getByRole('button', { name: 'Add tag' }).click();
    const lines = (at) => at.locator('.job', { hasText: 'Adding “late bird”: done, 50 people changed' });
    await lines(page).getByRole('button', { name: 'Undo' }).waitFor();
    await lines(second).getByRole('button', { name: 'Undo' }).waitFor();
    await page.reload();
    await live(page);
    await lines(page).getByRole('button', { name: 'Undo' }).waitFor();
    await page.goto(`${server.url}/companies`);
    await live(page);
    assert.equal(await page.locator('.job').count(), 0, 'it is not about companies');
    await page.goto(`${server.url}/people`);
    await live(page);
    await lines(page).getByRole('button', { name: /^Close/ }).press('Enter');
    await lines(page).waitFor({ state: 'detached' });
    // Whoever closed it by the keyboard goes on from the page's heading.
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await lines(second).waitFor({ state: 'detached' });
    await page.reload();
    await live(page);
    assert.equal(await page.locator('.job').count(), 0);
    noErrors(second);
    noErrors(page);
    noErrors(other);
    await page.context().close();
    await other.context().close();
});

test('without JavaScript people are found, sorted, selected and tagged', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/people`);
    await page.getByRole('searchbox').fill('katherine');
    await page.getByRole('button', { name: 'Find' }).click();
    await count(page, '1 person');
    await page.getByRole('checkbox', { name: 'Select Katherine Johnson' }).check();
    await page.getByRole('button', { name: 'Add tag' }).click();
    await page.getByLabel('Tag for the selected people').fill('orbit');
    await page.getByRole('button', { name: 'Add tag' }).click();
    await page.getByText('Adding “orbit”').waitFor();
    await holds(async () => {
        await page.reload();
        return (await rows(page).getByText('orbit').count()) > 0;
    }, 'the tag is there once the job is done');
    await page.getByRole('button', { name: 'Add tag' }).waitFor();
    await page.getByLabel('Tag for the selected people').fill('nobody');
    await page.getByRole('button', { name: 'Remove tag' }).click();
    await page.getByRole('alert').filter({ hasText: 'Select the people first' }).waitFor();
    assert.equal(await page.getByLabel('Tag for the selected people').inputValue(), 'nobody');
    noErrors(page);
    await page.context().close();
});

test('without JavaScript it is said how a job ended that another tab has shown', async () => {
    const still = await newTeammate(browser, server, { javaScript: false });
    const other = await newTeammate(browser, server);
    await still.goto(`${server.url}/people?find=hopper`);
    await still.getByRole('checkbox', { name: 'Select Grace Hopper' }).check();
    await still.getByLabel('Tag for the selected people').fill('compiler');
    await still.getByRole('button', { name: 'Add tag' }).click();
    const line = (page, text) => page.locator('.job', { hasText: text });
    await other.goto(`${server.url}/people`);
    await live(other);
    await line(other, 'Adding “compiler”: done, 1 person changed').getByRole('button', { name: 'Undo' }).waitFor();
    await still.reload();
    await line(still, 'Adding “compiler”: done, 1 person changed').waitFor();
    const noted = other.waitForResponse(async (answer) => answer.url().endsWith('/do/see_jobs') && answer.ok());
    await line(other, 'Adding “compiler”').getByRole('button', { name: 'Undo' }).click();
    await line(other, 'Undoing: done, 1 person changed').waitFor();
    await noted;
    await line(still, 'Adding “compiler”').getByRole('button', { name: 'Undo' }).click();
    await line(still, 'Undoing: done, 1 person changed').waitFor();
    await picture(still, 'people-job-told-again');
    await line(still, 'Undoing').getByRole('button', { name: 'Close' }).click();
    await line(still, 'Undoing').waitFor({ state: 'detached' });
    assert.equal(await line(still, 'Undoing').count(), 0, 'it was closed');
    noErrors(still);
    noErrors(other);
    await still.context().close();
    await other.context().close();
});

test('a list that finds nobody says what to do', async () => {
    const teammate = await newTeammate(browser, server);
    await teammate.goto(`${server.url}/people?find=zzz`);
    await teammate.getByText('Nobody found').waitFor();
    await teammate.getByRole('link', { name: 'All people' }).click();
    await count(teammate, '130 people');
    noErrors(teammate);
    await teammate.context().close();
});
