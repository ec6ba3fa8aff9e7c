import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './process/program.ts'
import { makeTempDir, removeTempDir } from './process/temp-dir.ts'

/** A certificate and its key, as PEM and in files. */
export interface IssuedCertificate {
  readonly cert: Buffer
  readonly key: Buffer
  readonly certFile: string
  readonly keyFile: string
}

export interface Authority extends AsyncDisposable {
  readonly directory: string
  readonly ca: Buffer
  /** A certificate for a name, signed by this authority. */
  issue(name: string): Promise<IssuedCertificate>
}

/** An authority of its own, made by openssl. */
export async function makeAuthority(): Promise<Authority> {
  const directory = await makeTempDir('certificates')
  const openssl = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await run('openssl', args, { cwd: directory })
    if (code !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr}`)
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test CA', '-days', '2')
  let count = 0
  return {
    directory,
    ca: await readFile(join(directory, 'ca.pem')),
    async issue(name) {
      const number = ++count
      const [keyFile, certFile] = [join(directory, `${number}.key`), join(directory, `${number}.pem`)]
      await openssl(
        'req',
        ...newKey,
        '-keyout',
        keyFile,
        '-out',
        `${number}.csr`,
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=DNS:${name}`,
      )
      await openssl(
        'x509',
        '-req',
        '-in',
        `${number}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '2',
        '-copy_extensions',
        'copy',
        '-out',
        certFile,
      )
      return { cert: await readFile(certFile), key: await readFile(keyFile), certFile, keyFile }
    },
    [Symbol.asyncDispose]: () => removeTempDir(directory),
  }
}
