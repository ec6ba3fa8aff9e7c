/** Key and value of one instance of many. */
export function benchRecord(service, number, weight = 1) {
  const record = {
    service: `s${service}`,
    id: `i${number}`,
    host: `10.0.${service >> 8}.${number & 255}`,
    port: 3000 + number,
    version: '1.2.3',
    zone: `z${number % 3}`,
    weight,
    status: 'up',
    registeredAt: '2024-01-01T00:00:00.000Z',
  }
  return [`/services/s${service}/i${number}`, JSON.stringify(record)]
}
