// The official client of Intercom's API, pointed at a Rapport: nothing else of it is changed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IntercomClient, IntercomError } from 'intercom-client';
import { newTeammate, noErrors, startBrowser, startServer } from './support.mjs';

let server;
let client;
before(async () => {
    server = await startServer();
    client = new IntercomClient({ token: server.keys.api_token, baseUrl: `${server.url}/api`, maxRetries: 0 });
});
after(async () => {
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const all = async (page) => {
    const items = [];
    for await (const item of await page) items.push(item);
    return items;
};

test('the token says whose it is, and a wrong one is refused with an error that the client knows', async () => {
    const me = await client.admins.identify();
    assert.equal(me.email, 'ada@example.com');
    assert.equal(me.app.id_code, server.keys.app_id);
    const wrong = new IntercomClient({ token: 'rt_wrong', baseUrl: `${server.url}/api`, maxRetries: 0 });
    await assert.rejects(wrong.admins.identify(), (error) => {
        assert.ok(error instanceof IntercomError);
        assert.equal(error.statusCode, 401);
        assert.equal(error.body.errors[0].code, 'unauthorized');
        assert.ok(error.body.request_id);
        return true;
    });
});

test('people are created, read, changed, found, archived and deleted', async () => {
    const grace = await client.contacts.create({
        external_id: 'grace',
        email: 'grace@navy.mil',
        name: 'Grace Hopper',
        signed_up_at: 1_700_000_000,
        custom_attributes: { plan: 'pro', seats: 12, beta: true },
    });
    assert.equal(grace.role, 'user');
    assert.deepEqual(grace.custom_attributes, { plan: 'pro', seats: 12, beta: true });
    assert.deepEqual(await client.contacts.find({ contact_id: grace.id }), grace);
    assert.equal((await client.contacts.showContactByExternalId({ external_id: 'grace' })).id, grace.id);
    const changed = await client.contacts.update({ contact_id: grace.id, phone: '+1 202 555 0100' });
    assert.equal(changed.phone, '+1 202 555 0100');
    await assert.rejects(client.contacts.create({ external_id: 'grace' }), (error) => {
        assert.equal(error.statusCode, 409);
        assert.match(error.body.errors[0].message, new RegExp(`id=${grace.id}$`));
        return true;
    });
    const lead = await client.contacts.create({ role: 'lead', name: 'Someone' });
    assert.equal((await client.contacts.archive({ contact_id: lead.id })).archived, true);
    assert.equal((await client.contacts.unarchive({ contact_id: lead.id })).archived, false);
    assert.equal((await client.contacts.mergeLeadInUser({ from: lead.id, into: grace.id })).id, grace.id);
    const gone = await client.contacts.create({ external_id: 'gone' });
    assert.equal((await client.contacts.delete({ contact_id: gone.id })).deleted, true);
    await assert.rejects(client.contacts.find({ contact_id: gone.id }), (error) => error.statusCode === 404);
});

test('its pages and searches hold everyone once', async () => {
    for (let n = 0; n < 5; n++) await client.contacts.create({ external_id: `page-${n}`, custom_attributes: { n } });
    const listed = await all(client.contacts.list({ per_page: 2 }));
    const ids = listed.map((contact) => contact.external_id);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.filter((id) => id.startsWith('page-')).length, 5);
    const query = {
        operator: 'AND',
        value: [
            { field: 'external_id', operator: '^', value: 'page-' },
            { field: 'custom_attributes.n', operator: '>', value: 1 },
        ],
    };
    const found = await all(client.contacts.search({ query, pagination: { per_page: 2 } }));
    assert.deepEqual(found.map((contact) => contact.custom_attributes.n).sort(), [2, 3, 4]);
});

test('tags, companies and events go onto the profile that teammates see', async () => {
    const ida = await client.contacts.create({ external_id: 'ida', name: 'Ida Rhodes' });
    const tag = await client.tags.create({ name: 'Beta tester' });
    const tagged = await client.tags.tagContact({ contact_id: ida.id, id: tag.id });
    assert.equal(tagged.name, 'Beta tester');
    assert.ok((await client.tags.list()).data.some((t) => t.id === tag.id));
    assert.equal((await client.contacts.listAttachedTags({ contact_id: ida.id })).data[0].id, tag.id);

    const bureau = await client.companies.createOrUpdate({ company_id: 'nbs', name: 'Bureau of Standards', plan: 'pro', size: 3000 });
    const joined = await client.companies.attachContact({ contact_id: ida.id, id: bureau.id });
    assert.equal(joined.user_count, 1);
    assert.equal((await client.companies.find({ company_id: bureau.id })).plan.name, 'pro');
    const companies = await all(client.contacts.listAttachedCompanies({ contact_id: ida.id }));
    assert.deepEqual(companies.map((c) => c.name), ['Bureau of Standards']);
    assert.equal((await client.companies.listAttachedContacts({ company_id: bureau.id })).data[0].id, ida.id);
    assert.deepEqual((await all(client.companies.list())).map((c) => c.company_id), ['nbs']);
    assert.deepEqual((await all(client.companies.scroll())).map((c) => c.company_id), ['nbs']);

    const created_at = Math.floor(Date.now() / 1000) - 60;
    for (let n = 0; n < 2; n++) {
        await client.events.create({ event_name: 'Report printed', created_at, user_id: 'ida', metadata: { pages: 7 } });
    }
    const listed = await client.events.list({ type: 'user', user_id: 'ida' });
    assert.equal(listed.events.length, 1, 'one name in one second is one event');
    await client.events.summaries({ user_id: 'ida', event_summaries: { event_name: 'Report printed', count: 4, first: 1_600_000_000, last: 1_650_000_000 } });
    const summary = await client.events.list({ type: 'user', user_id: 'ida', summary: true });
    assert.equal(summary.events[0].count, 5);

    const attribute = await client.dataAttributes.create({ name: 'Floor', model: 'contact', data_type: 'integer' });
    await client.dataAttributes.update({ data_attribute_id: attribute.id, body: { description: 'Where the desk is' } });
    const attributes = (await client.dataAttributes.list({ model: 'contact' })).data;
    assert.equal(attributes.find((a) => a.name === 'Floor').description, 'Where the desk is');
    await assert.rejects(client.contacts.update({ contact_id: ida.id, custom_attributes: { Floor: 'third' } }), (error) => {
        assert.equal(error.statusCode, 400);
        assert.match(error.body.errors[0].message, /custom_attributes\.Floor/);
        return true;
    });

    const browser = await startBrowser();
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/contacts/${Number.parseInt(ida.id, 16)}`);
    await page.getByRole('heading', { name: 'Ida Rhodes' }).waitFor();
    await page.getByText('Beta tester').first().waitFor();
    await page.getByText('Report printed').first().waitFor();
    noErrors(page);
    await browser.close();

    await client.tags.untagContact({ contact_id: ida.id, tag_id: tag.id });
    await client.companies.detachContact({ contact_id: ida.id, company_id: bureau.id });
    await client.tags.delete({ tag_id: tag.id });
    assert.deepEqual((await client.contacts.listAttachedTags({ contact_id: ida.id })).data, []);
});

test('conversations are begun, answered, moved along, found and seen in the inbox', async () => {
    const [ada] = (await client.admins.list()).admins;
    const alan = await client.contacts.create({ external_id: 'alan', name: 'Alan Turing' });
    const begun = await client.conversations.create({ from: { type: 'user', id: alan.id }, body: 'Does it halt?' });
    const conversation_id = begun.conversation_id;
    await client.conversations.reply({ conversation_id, body: { message_type: 'comment', type: 'admin', admin_id: ada.id, body: 'We shall see' } });
    await client.conversations.manage({ conversation_id, body: { message_type: 'assignment', type: 'admin', admin_id: ada.id, assignee_id: ada.id } });
    const tag = await client.tags.create({ name: 'Undecided' });
    await client.tags.tagConversation({ conversation_id, id: tag.id, admin_id: ada.id });
    const found = await client.conversations.find({ conversation_id });
    assert.equal(found.source.author.id, alan.id);
    assert.equal(found.conversation_parts.conversation_parts[0].author.type, 'admin');
    assert.deepEqual(found.tags.tags.map((t) => t.name), ['Undecided']);
    const query = { operator: 'AND', value: [{ field: 'contact_ids', operator: '=', value: alan.id }, { field: 'state', operator: '=', value: 'open' }] };
    assert.deepEqual((await all(client.conversations.search({ query }))).map((c) => c.id), [conversation_id]);
    const sent = await client.messages.create({ message_type: 'in_app', body: 'It does', from: { type: 'admin', id: Number(ada.id) }, to: { type: 'user', id: alan.id } });
    assert.ok(sent.conversation_id);

    const browser = await startBrowser();
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/inbox/${conversation_id}`);
    await page.locator('.part').getByText('Does it halt?').waitFor();
    await page.locator('.thread-header .tag').getByText('Undecided').waitFor();
    await client.conversations.manage({ conversation_id, body: { message_type: 'close', type: 'admin', admin_id: ada.id } });
    await page.locator('.thread-marks').getByText('Closed').waitFor();
    noErrors(page);
    await browser.close();
});
