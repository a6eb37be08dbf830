// Drives the twin with HubSpot's own Node client; prints what came back as JSON.
// Usage: node node_client.cjs <base URL> <token>
const { Client } = require('@hubspot/api-client')

const [basePath, accessToken] = process.argv.slice(2)
const client = new Client({ basePath, accessToken, numberOfApiCallRetries: 0 })
const none = { after: '0', limit: 10, sorts: [], properties: [] }

async function main () {
  const property = await client.crm.properties.coreApi.create('products', {
    name: 'shop_id',
    label: 'Shop id',
    type: 'string',
    fieldType: 'text',
    groupName: 'productinformation',
    hasUniqueValue: true
  })
  const upserted = await client.crm.products.batchApi.upsert({
    inputs: ['a', 'b'].map((id) => ({ id, idProperty: 'shop_id', properties: { shop_id: id, name: id } }))
  })
  const read = await client.crm.products.batchApi.read({
    inputs: [{ id: 'a' }, { id: 'missing' }],
    idProperty: 'shop_id',
    properties: ['name'],
    propertiesWithHistory: []
  })
  const order = await client.crm.objects.basicApi.create('orders', {
    properties: { hs_order_name: '1001' },
    associations: []
  })
  const contact = await client.crm.contacts.basicApi.create({
    properties: { email: 'ann@example.com' },
    associations: []
  })
  await client.crm.associations.v4.basicApi.createDefault('orders', order.id, 'contacts', contact.id)
  const linked = await client.crm.associations.v4.batchApi.getPage('orders', 'contacts', {
    inputs: [{ id: order.id }]
  })
  const found = await client.crm.contacts.searchApi.doSearch({
    ...none,
    filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'ann@example.com' }] }]
  })
  const pipelines = await client.crm.pipelines.pipelinesApi.getAll('orders')
  const dated = await client.apiRequest({ path: `/crm/objects/2026-09/orders/${order.id}` })
  const refused = await client.crm.products.basicApi
    .create({ properties: { ghost: 'x' }, associations: [] })
    .catch((error) => ({ code: error.code, category: error.body.category }))
  return {
    unique: property.hasUniqueValue,
    created: upserted.results.map((r) => r.properties.shop_id).sort(),
    read: read.results.map((r) => r.properties.name),
    missing: read.errors[0].context.ids,
    linked: linked.results[0].to[0].toObjectId === contact.id,
    found: found.total,
    stages: pipelines.results[0].stages.map((s) => s.label),
    dated: (await dated.json()).id === order.id,
    refused
  }
}

main().then((result) => console.log(JSON.stringify(result)), (error) => {
  console.error(error)
  process.exit(1)
})
