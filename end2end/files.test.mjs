// Which kinds of files are taken: said before a byte is sent, and once more by the server, to the team and to customers.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, live, newTeammate, noErrors, none, picture, ready, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let folder;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    folder = mkdtempSync(join(tmpdir(), 'rapport-kinds-'));
});
after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

/** How a program of Windows begins. */
const program = Buffer.from('4d5a90000300000004000000ffff0000', 'hex');
const file = (name, buffer = Buffer.from('some text')) => ({ name, mimeType: 'application/octet-stream', buffer });
const many = (count) => Array.from({ length: count }, (_, n) => file(`page ${n + 1}.txt`));

/** The sample shop, with its Messenger opened on a new conversation. */
async function shop(options, language = 'en') {
    const page = await newTeammate(browser, server, options);
    await page.goto(`${server.url}/demo/site?as=user&language=${language}`);
    await page.locator('rapport-messenger .launcher').click();
    const frame = page.locator('rapport-messenger iframe').contentFrame();
    await frame.locator('.new').click();
    await frame.locator('textarea').waitFor();
    return { page, frame, field: frame.locator('textarea'), files: frame.locator('.files li'), choose: (some) => frame.locator('input[type=file]').setInputFiles(some) };
}
/** What the page asks for on the way of files. */
const uploads = (page) => {
    const sent = [];
    page.on('request', (request) => /\/attachments$|\/messenger\/files\?/.test(request.url()) && sent.push(request.url()));
    return sent;
};

test('a customer is told before a program is sent, and by the server under another name', async () => {
    const { page, frame, field, files, choose } = await shop();
    const sent = uploads(page);
    await choose([file('Setup.EXE')]);
    await files.getByText('Files that end in \u2068.exe\u2069 cannot be sent here.').waitFor();
    assert.equal(await files.getByRole('alert').count(), 1, 'it is read out');
    assert.deepEqual(sent, [], 'not a byte of it');
    assert.equal(await files.getByRole('button', { name: 'Try again' }).count(), 0, 'it would be refused again');
    await choose([file('holiday.jpg', program)]);
    await files.filter({ hasText: 'holiday.jpg' }).getByText('A file of this kind cannot be sent here.').waitFor();
    await choose([file('empty.txt', Buffer.alloc(0))]);
    await files.filter({ hasText: 'empty.txt' }).getByText('The file is empty.').waitFor();
    await picture(page, 'files-refused-customer');
    for (const name of ['Setup.EXE', 'holiday.jpg', 'empty.txt']) await frame.getByRole('button', { name: `Take the file away: ${name}` }).click();

    // More than a message has: the first that is too many says so, the others wait.
    await choose(many(11));
    await files.filter({ hasText: 'page 11.txt' }).getByText('A message has at most 10 files.').waitFor();
    await frame.locator('.files li[data-state="ready"]').nth(9).waitFor();
    await frame.getByRole('button', { name: 'Take the file away: page 11.txt' }).click();

    // They are there when somebody looks at the list meanwhile.
    await field.fill('All the pages');
    await frame.getByRole('button', { name: 'Back to your conversations' }).click();
    await frame.locator('.new').click();
    await becomes(() => files.count(), 10);
    await frame.getByRole('button', { name: 'Send' }).click();
    await frame.locator('.part[data-state="sent"]').getByText('All the pages').waitFor();
    await frame.locator('.part .file').nth(9).waitFor();
    await none(files);
    noErrors(page, /status of 400/);
    await page.context().close();
});

test('a teammate is told before a program is sent; what is beyond ten waits for the next', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/inbox`);
    await page.locator('.line').getByText('Mara Lindqvist').first().click();
    await page.locator('#compose').waitFor();
    await ready(page);
    await live(page);
    const sent = uploads(page);
    await page.getByLabel('Attach files').setInputFiles([file('setup.msi')]);
    await page.locator('.chip').getByText('Files that end in .msi are not taken here.').waitFor();
    assert.deepEqual(sent, []);
    await page.getByLabel('Attach files').setInputFiles([file('report.pdf', program)]);
    await page.locator('.chip').getByText('Whatever its name says, this file is a program').waitFor();
    // What the network lost is sent once more by a press.
    await page.route('**/attachments', (route) => route.abort());
    await page.getByLabel('Attach files').setInputFiles([file('lost.txt')]);
    await page.locator('.chip').filter({ hasText: 'lost.txt' }).getByText('The connection failed').waitFor();
    await page.unroute('**/attachments');
    await page.locator('.chip').getByRole('button', { name: 'Try again' }).click();
    await page.locator('.chip').filter({ hasText: 'lost.txt' }).getByText('bytes').waitFor();
    await page.getByRole('button', { name: 'Take away lost.txt' }).click();
    await accessible(page);
    await picture(page, 'files-refused-teammate');
    await page.getByRole('button', { name: 'Take away setup.msi' }).click();
    await page.getByRole('button', { name: 'Take away report.pdf' }).click();
    await page.getByLabel('Attach files').setInputFiles(many(11));
    await page.locator('.chip').filter({ hasText: 'page 11.txt' }).getByText('Attach at most 10 files.').waitFor();
    await page.locator('.chip').filter({ hasText: 'bytes' }).nth(9).waitFor();
    await page.locator('#compose').fill('Ten of them');
    await page.keyboard.press('Control+Enter');
    await page.locator('.part').filter({ hasText: 'Ten of them' }).locator('.files li').nth(9).waitFor();
    await becomes(() => page.locator('.chip .file-name').allInnerTexts(), ['page 11.txt'], 'what was not sent is still said');
    noErrors(page, /status of 400|ERR_FAILED/);

    // And where a conversation begins.
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name: 'Mara Lindqvist' }).click();
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await ready(page);
    await page.getByLabel('Attach files').setInputFiles([file('plan.txt'), file('run.bat')]);
    await page.getByText('run.bat was not attached. Files that end in .bat are not taken here.').waitFor();
    await becomes(() => page.getByLabel('Attach files').inputValue(), '', 'the form would send both');
    await page.getByLabel('Attach files').setInputFiles([file('plan.txt')]);
    await page.getByText('run.bat was not attached.').waitFor({ state: 'detached' });
    // What is typed is there again after a reload, and no more once it was sent.
    await page.getByLabel(/Message to/).fill('From the profile');
    await page.reload();
    await ready(page);
    await page.waitForFunction(() => document.querySelector('.composer-open textarea').value === 'From the profile');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.part').getByText('From the profile').waitFor();
    await page.locator('.column-name').click();
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByLabel(/Message to/).waitFor();
    assert.equal(await page.getByLabel(/Message to/).inputValue(), '');
    noErrors(page, /status of 400|ERR_FAILED/);
    await page.context().close();
});

test('files stand as they were chosen, whichever of them was there first', async () => {
    const names = ['one.txt', 'two.txt', 'three.txt'];
    /** The first that is sent is held on its way until somebody lets it go. */
    const hold = async (page, address) => {
        let letGo;
        const gone = new Promise((done) => { letGo = done; });
        let held = false;
        await page.route(address, async (route) => {
            if (!held) {
                held = true;
                await gone;
            }
            await route.continue();
        });
        return letGo;
    };
    const { page, frame, field, choose } = await shop();
    const theirs = await hold(page, '**/messenger/files?*');
    await choose(names.map((name) => file(name)));
    await frame.locator('.files li[data-state="ready"]').nth(1).waitFor();
    theirs();
    await frame.locator('.files li[data-state="ready"]').nth(2).waitFor();
    await field.fill('In order');
    await frame.getByRole('button', { name: 'Send' }).click();
    await frame.locator('.part[data-state="sent"]').getByText('In order').waitFor();
    // As the page had them, and as the server has them.
    const said = frame.locator('.part').filter({ hasText: 'In order' });
    await becomes(() => said.locator('.file bdi').allInnerTexts(), names);
    await page.reload();
    await page.locator('rapport-messenger .launcher').click();
    await frame.getByRole('button', { name: /In order/ }).click();
    await said.locator('.file').nth(2).waitFor();
    await becomes(() => said.locator('.file bdi').allInnerTexts(), names);

    await page.goto(`${server.url}/inbox`);
    await page.locator('.line').getByText('In order').click();
    const part = (text) => page.locator('.part').filter({ hasText: text });
    await part('In order').locator('.file').nth(2).waitFor();
    await becomes(() => part('In order').locator('.file-name').allInnerTexts(), names);
    await live(page);
    await ready(page);
    const ours = await hold(page, '**/attachments');
    await page.getByLabel('Attach files').setInputFiles(names.map((name) => file(name)));
    await page.locator('.chip').filter({ hasText: 'bytes' }).nth(1).waitFor();
    ours();
    await page.locator('.chip').filter({ hasText: 'bytes' }).nth(2).waitFor();
    await page.reload();
    await ready(page);
    await live(page);
    await page.waitForFunction((names) => [...document.querySelectorAll('.chip .file-name')].map((chip) => chip.textContent).join() === names, names.join());
    await page.locator('#compose').fill('So are these');
    await page.keyboard.press('Control+Enter');
    for (const loaded of [false, true]) {
        if (loaded) await page.reload();
        await part('So are these').locator('.file').nth(2).waitFor();
        await becomes(() => part('So are these').locator('.file-name').allInnerTexts(), names, loaded ? 'as the server has them' : 'as they were sent');
    }
    noErrors(page);
    await page.context().close();
});

test('an admin decides which files are taken, without JavaScript; another tab and the Messenger follow', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/settings/workspace`);
    await page.getByRole('link', { name: 'Files' }).click();
    const watching = await newTeammate(browser, server);
    await watching.goto(`${server.url}/settings/files`);
    await ready(watching);
    await live(watching);
    await page.getByLabel('Refused from everybody').fill('exe a/b');
    await page.getByLabel('Only pictures').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'A/b is no ending of a name' }).waitFor();
    assert.equal(await page.getByLabel('Refused from everybody').inputValue(), 'exe a/b', 'nothing typed is lost');
    assert.equal(await page.getByLabel('Only pictures').isChecked(), true);
    await page.getByLabel('Refused from everybody').fill('exe zip');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. It holds for every file').waitFor();
    await watching.waitForFunction(() => document.getElementById('refused')?.value === 'exe zip');
    await holds(() => watching.getByLabel('Only pictures').isChecked());

    const customer = await shop({}, 'de');
    await holds(async () => /^image\/\*,.*\.pdf/.test(await customer.frame.locator('input[type=file]').getAttribute('accept')), 'files are offered of these kinds');
    await customer.choose([file('a.zip'), file('drawing.dwg'), file('notes.txt')]);
    await customer.files.filter({ hasText: 'a.zip' }).getByText('Dateien, die auf \u2068.zip\u2069 enden, können hier nicht gesendet werden. Sie können Bilder, Dokumente, Ton und Video senden.').waitFor();
    await customer.files.filter({ hasText: 'drawing.dwg' }).getByText('Eine Datei dieser Art').waitFor();
    await customer.frame.locator('.files li[data-state="ready"]').getByText('notes.txt').waitFor();
    noErrors(customer.page);
    await customer.page.context().close();

    await page.getByLabel('No files').check();
    await page.getByRole('button', { name: 'Save with the usual endings' }).click();
    await page.getByText('Saved. It holds for every file').waitFor();
    await holds(async () => /^ade adp apk .* exe .* xpi$/.test(await page.getByLabel('Refused from everybody').inputValue()), 'the usual endings are there');
    const other = await shop();
    await none(other.frame.getByRole('button', { name: 'Attach a file' }));
    assert.equal(await other.field.evaluate((node) => node.getBoundingClientRect().left > node.parentElement.getBoundingClientRect().left && getComputedStyle(node).paddingInlineStart !== '0px'), true);
    await other.page.context().close();
    await page.getByLabel('Any file that is not refused').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. It holds for every file').waitFor();
    noErrors(page);
    noErrors(watching);
    await watching.context().close();
    await page.context().close();
});

test('without JavaScript a refused file is said, and what was written and the other files stay', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/inbox`);
    await page.locator('.line').getByText('Mara Lindqvist').first().click();
    const paths = [join(folder, 'setup.exe'), join(folder, 'plan.txt')];
    // Large enough that the answer comes while a browser still sends, were it not for the server to wait.
    writeFileSync(paths[0], Buffer.concat([program, Buffer.alloc(8_000_000, 1)]));
    writeFileSync(paths[1], 'the plan');
    await page.getByLabel('Attach files').setInputFiles(paths);
    await page.locator('#compose').fill('Both of them');
    await page.getByRole('button', { name: 'Reply', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'Files that end in .exe are not taken here.' }).waitFor();
    assert.equal(await page.locator('#compose').inputValue(), 'Both of them');
    await page.locator('.chip').getByText('plan.txt').waitFor();
    await page.getByRole('button', { name: 'Reply', exact: true }).click();
    await page.locator('.part').filter({ hasText: 'Both of them' }).getByRole('link', { name: 'plan.txt' }).waitFor();
    noErrors(page);
    await page.context().close();
});

test('on every screen: which files are taken', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            await page.goto(`${server.url}/settings/files`);
            await ready(page);
            await page.getByLabel('Refused from everybody').waitFor();
            await accessible(page);
            await picture(page, `files-settings-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`, true);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
    for (const language of ['ar', 'ja']) {
        const { page, files, choose } = await shop({ phone: true }, language);
        await choose([file('setup.exe'), file('notes.txt')]);
        await files.nth(1).waitFor();
        await page.waitForTimeout(300);
        await picture(page, `files-refused-${language}`);
        await page.context().close();
    }
});
