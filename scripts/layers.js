// The direction of imports, in one table: which of Waypost's packages each package may import, and why no others.
// `npm run check` reads it (scripts/check-imports.js). A new package gets one entry here:
// `imports`: the packages it may import; `because`: the reason, shown when an import breaks the rule;
// `anywhere`: it runs outside Node too, without `node:` imports; `folders`: what folders of its `src` may not import; `*` is for those without an entry.

/** @type {Record<string, import('./layers.d.ts').Layer>} */
export const layers = {
  '@waypost/core': {
    imports: [],
    because: 'core is the lowest layer: every package may import it, so it imports none.',
    anywhere: true,
  },
  '@waypost/rpc': {
    imports: ['@waypost/core'],
    because: 'rpc implements gRPC and knows nothing about etcd.',
  },
  '@waypost/protocol': {
    imports: ['@waypost/core', '@waypost/rpc'],
    because: 'protocol holds the facts of the etcd wire format.',
  },
  '@waypost/client': {
    imports: ['@waypost/core', '@waypost/rpc', '@waypost/protocol'],
    because: 'client works with any etcd: it may not know the embedded server, or what is built on top of client.',
  },
  '@waypost/server': {
    imports: ['@waypost/core', '@waypost/rpc', '@waypost/protocol'],
    because: 'server is an etcd like any other: it may not know its clients.',
  },
  '@waypost/registry': {
    imports: ['@waypost/core', '@waypost/client'],
    because: 'registry works on any etcd: it is built on client alone.',
  },
  '@waypost/config': {
    imports: ['@waypost/core', '@waypost/client'],
    because: 'config works on any etcd: it is built on client alone.',
    folders: {
      '*': {
        not: ['admin', 'render'],
        because: 'applications load this part of config without admin and render, which are built on it.',
      },
      admin: { not: ['render'], because: 'admin and render stand side by side on what applications load.' },
      render: { not: ['admin'], because: 'admin and render stand side by side on what applications load.' },
    },
  },
  '@waypost/coordination': {
    imports: ['@waypost/core', '@waypost/client'],
    because: 'coordination works on any etcd: it is built on client alone.',
  },
  '@waypost/gateway': {
    imports: ['@waypost/core', '@waypost/client', '@waypost/registry', '@waypost/config', '@waypost/coordination'],
    because: 'gateway is built on the libraries: the command line and the NestJS module start it.',
  },
  '@waypost/hub': {
    imports: [
      '@waypost/core',
      '@waypost/rpc',
      '@waypost/protocol',
      '@waypost/client',
      '@waypost/registry',
      '@waypost/config',
      '@waypost/coordination',
      '@waypost/gateway',
    ],
    because: 'hub works on any etcd: it is built on the libraries and may not know the embedded server.',
    folders: {
      operations: {
        not: ['http'],
        because: 'operations are definitions: the HTTP server reads them, not the other way round.',
      },
    },
  },
  '@waypost/http': {
    imports: ['@waypost/core', '@waypost/client', '@waypost/registry'],
    because: 'http adapts servers of any framework to the registry.',
  },
  waypost: {
    imports: [
      '@waypost/core',
      '@waypost/client',
      '@waypost/registry',
      '@waypost/config',
      '@waypost/coordination',
      '@waypost/http',
      '@waypost/gateway',
    ],
    because: 'waypost is what an application installs: no store, command line or framework comes with it.',
  },
  '@waypost/cli': {
    imports: [
      '@waypost/core',
      '@waypost/protocol',
      '@waypost/client',
      '@waypost/server',
      '@waypost/registry',
      '@waypost/config',
      '@waypost/coordination',
      '@waypost/hub',
      '@waypost/gateway',
      'waypost',
    ],
    because: 'cli is the command line: it is built on the libraries, and on neither rpc nor a framework.',
  },
  '@waypost/nestjs': {
    imports: [
      '@waypost/core',
      '@waypost/client',
      '@waypost/server',
      '@waypost/registry',
      '@waypost/config',
      '@waypost/coordination',
      '@waypost/gateway',
      'waypost',
    ],
    because: 'nestjs is built on the facade: it imports waypost and the packages whose types the facade shows.',
  },
  '@waypost/testkit': {
    imports: ['@waypost/core', '@waypost/rpc', '@waypost/protocol', '@waypost/server'],
    because: 'testkit starts stores and speaks to them on the wire.',
  },
}
