import protobuf from 'protobufjs'

/** How each scalar is typed, defaulted, read, written and sized. `zero` is what proto3 leaves out. */
const scalars = {
  bytes: {
    type: 'Uint8Array',
    zero: 'noBytes',
    wire: 2,
    isSet: (v) => `${v}.length > 0`,
    size: (v) => `sizeOfDelimited(${v}.length)`,
    method: 'bytes',
  },
  string: {
    type: 'string',
    zero: "''",
    wire: 2,
    isSet: (v) => `${v} !== ''`,
    size: (v) => `sizeOfString(${v})`,
    method: 'string',
  },
  bool: { type: 'boolean', zero: 'false', wire: 0, isSet: (v) => v, size: () => '1', method: 'bool' },
  int32: {
    type: 'number',
    zero: '0',
    wire: 0,
    isSet: (v) => `${v} !== 0`,
    size: (v) => `sizeOfInt32(${v})`,
    method: 'int32',
  },
  uint32: {
    type: 'number',
    zero: '0',
    wire: 0,
    isSet: (v) => `${v} !== 0`,
    size: (v) => `sizeOfUint32(${v})`,
    method: 'uint32',
  },
  int64: {
    type: 'bigint',
    zero: '0n',
    wire: 0,
    isSet: (v) => `${v} !== 0n`,
    size: (v) => `sizeOfInt64(${v})`,
    method: 'int64',
  },
  uint64: {
    type: 'bigint',
    zero: '0n',
    wire: 0,
    isSet: (v) => `${v} !== 0n`,
    size: (v) => `sizeOfUint64(${v})`,
    method: 'uint64',
  },
}

export function emitEnum(type, name) {
  const entries = Object.entries(type.values).map(([key, value]) => `  ${key}: ${value},`)
  return `export const ${name} = {\n${entries.join('\n')}\n} as const\nexport type ${name} = (typeof ${name})[keyof typeof ${name}]\n`
}

export function emitMessage(type, name, context) {
  const fields = type.fieldsArray.map((field) => describe(field, context)).sort((a, b) => a.number - b.number)
  const out = []
  out.push(`${doc(type.comment, '')}export interface ${name} {`)
  for (const field of fields) out.push(`${doc(field.comment, '  ')}  ${field.name}: ${field.type}`)
  out.push('}', '')

  const literal = fields.map((field) => `${field.name}: ${field.zero}`).join(', ')
  const m = fields.length > 0 ? 'm' : '_m'
  out.push(`export function size${name}(${m}: ${name}): number {`)
  if (fields.length === 0) out.push('  return 0', '}', '')
  else {
    out.push('  let size = 0')
    for (const field of fields) out.push(...emitSize(field))
    out.push('  return size', '}', '')
  }

  out.push(`export function write${name}(${m}: ${name}, ${fields.length > 0 ? 'w' : '_w'}: Writer): void {`)
  for (const field of fields) out.push(...emitWrite(field))
  out.push('}', '')

  out.push(`export function decode${name}(r: Reader): ${name} {`)
  out.push(`  const m: ${name} = { ${literal} }`)
  out.push('  while (!r.done) {', '    const tag = r.tag()')
  if (fields.length === 0) out.push('    r.skip(tag)')
  else {
    out.push('    switch (tag) {')
    for (const field of fields) out.push(...emitRead(field))
    out.push('      default:', '        r.skip(tag)', '    }')
  }
  out.push('  }', '  return m', '}', '')

  out.push(`export const ${name}: MessageCodec<${name}> & { create(init?: Partial<${name}>): ${name} } = {`)
  out.push(`  create: (init) => ({ ${literal}${literal ? ', ' : ''}...init }),`)
  out.push(`  encode(message, headroomBytes = 0) {`)
  out.push(`    const w = new Writer(size${name}(message), headroomBytes)`)
  out.push(`    write${name}(message, w)`, '    return w.buffer', '  },')
  out.push(`  decode: (bytes) => decode${name}(new Reader(bytes)),`, '}', '')
  return out.join('\n')
}

export function emitService(service, context) {
  const path = service.fullName.slice(1)
  const out = [`export const ${service.name} = {`]
  for (const method of service.methodsArray) {
    const request = context.nameOf(method.resolvedRequestType)
    const response = context.nameOf(method.resolvedResponseType)
    const kind = method.requestStream
      ? method.responseStream
        ? 'bidi'
        : 'client-stream'
      : method.responseStream
        ? 'server-stream'
        : 'unary'
    out.push(`  ${lowerFirst(method.name)}: {`)
    out.push(
      `    path: '/${path}/${method.name}',`,
      `    kind: '${kind}',`,
      `    request: ${request},`,
      `    response: ${response},`,
    )
    out.push(`  } satisfies Method<${request}, ${response}>,`)
  }
  out.push('} as const', '')
  return out.join('\n')
}

function describe(field, context) {
  const isMessage = field.resolvedType instanceof protobuf.Type
  const isEnum = field.resolvedType instanceof protobuf.Enum
  if (field.map) throw new Error(`${field.fullName}: map fields are not supported.`)
  const scalar = isMessage ? undefined : scalars[isEnum ? 'int32' : field.type]
  if (!isMessage && !scalar) throw new Error(`${field.fullName}: type ${field.type} is not supported.`)
  const typeName = isMessage ? context.nameOf(field.resolvedType) : scalar.type
  const inOneof = Boolean(field.partOf)
  return {
    name: fieldName(field.name),
    number: field.id,
    comment: [
      field.comment,
      isEnum
        ? `One of \`${context.enumName(field.resolvedType)}\`; proto3 enums are open, so any other number may arrive.`
        : '',
    ]
      .filter(Boolean)
      .join(' '),
    scalar,
    message: isMessage ? typeName : undefined,
    repeated: field.repeated,
    inOneof,
    siblings: inOneof
      ? field.partOf.fieldsArray.filter((other) => other !== field).map((other) => fieldName(other.name))
      : [],
    type: field.repeated ? `${typeName}[]` : isMessage || inOneof ? `${typeName} | undefined` : typeName,
    zero: field.repeated ? '[]' : isMessage || inOneof ? 'undefined' : scalar.zero,
  }
}

function emitSize(field) {
  const value = `m.${field.name}`
  const tag = tagSize(field.number)
  if (field.message) {
    const one = (v) => `size += ${tag} + sizeOfDelimited(size${field.message}(${v}))`
    return field.repeated
      ? [`  for (const v of ${value}) ${one('v')}`]
      : [`  if (${value} !== undefined) ${one(value)}`]
  }
  if (field.repeated && field.scalar.wire === 0) {
    return [
      `  if (${value}.length > 0) {`,
      '    let packed = 0',
      `    for (const v of ${value}) packed += ${field.scalar.size('v')}`,
      `    size += ${tag} + sizeOfDelimited(packed)`,
      '  }',
    ]
  }
  if (field.repeated) return [`  for (const v of ${value}) size += ${tag} + ${field.scalar.size('v')}`]
  const condition = field.inOneof ? `${value} !== undefined` : field.scalar.isSet(value)
  return [`  if (${condition}) size += ${tag} + ${field.scalar.size(value)}`]
}

function emitWrite(field) {
  const value = `m.${field.name}`
  if (field.message) {
    const one = (v, indent) => [
      `${indent}w.uint32(${tagOf(field, 2)})`,
      `${indent}w.uint32(size${field.message}(${v}))`,
      `${indent}write${field.message}(${v}, w)`,
    ]
    return field.repeated
      ? [`  for (const v of ${value}) {`, ...one('v', '    '), '  }']
      : [`  if (${value} !== undefined) {`, ...one(value, '    '), '  }']
  }
  const { method, wire } = field.scalar
  if (field.repeated && wire === 0) {
    return [
      `  if (${value}.length > 0) {`,
      '    let packed = 0',
      `    for (const v of ${value}) packed += ${field.scalar.size('v')}`,
      `    w.uint32(${tagOf(field, 2)})`,
      '    w.uint32(packed)',
      `    for (const v of ${value}) w.${method}(v)`,
      '  }',
    ]
  }
  const one = (v, indent) => [`${indent}w.uint32(${tagOf(field, wire)})`, `${indent}w.${method}(${v})`]
  if (field.repeated) return [`  for (const v of ${value}) {`, ...one('v', '    '), '  }']
  const condition = field.inOneof ? `${value} !== undefined` : field.scalar.isSet(value)
  return [`  if (${condition}) {`, ...one(value, '    '), '  }']
}

function emitRead(field) {
  const target = `m.${field.name}`
  const scalarRead = field.scalar ? `r.${field.scalar.method}()` : ''
  const read = field.message ? `r.nested(decode${field.message})` : scalarRead
  const wire = field.message ? 2 : field.scalar.wire
  const out = [`      case ${tagOf(field, wire)}:`]
  if (field.repeated) out.push(`        ${target}.push(${read})`)
  else {
    out.push(`        ${target} = ${read}`)
    for (const sibling of field.siblings) out.push(`        m.${sibling} = undefined`)
  }
  out.push('        break')
  if (field.repeated && wire === 0) {
    out.push(
      `      case ${tagOf(field, 2)}:`,
      '        r.nested(() => {',
      `          while (!r.done) ${target}.push(${scalarRead})`,
      '        })',
      '        break',
    )
  }
  return out
}

function tagOf(field, wire) {
  return field.number * 8 + wire
}

function tagSize(number) {
  return number < 16 ? 1 : number < 2048 ? 2 : 3
}

/** `create_revision` → `createRevision`, `ID` → `id`, `grantedTTL` → `grantedTtl`, `peerURLs` → `peerUrls`. */
function fieldName(name) {
  const camel = name.replace(/_([a-z])/g, (_match, letter) => letter.toUpperCase())
  if (/^[A-Z]+$/.test(camel)) return camel.toLowerCase()
  return camel.replace(/(ID|TTL|URLs)$/, (acronym) => acronym[0] + acronym.slice(1).toLowerCase())
}

function lowerFirst(text) {
  return text[0].toLowerCase() + text.slice(1)
}

function doc(comment, indent) {
  return comment ? `${indent}/** ${comment.replaceAll('\n', ' ')} */\n` : ''
}
