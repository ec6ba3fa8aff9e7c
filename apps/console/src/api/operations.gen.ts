// Generated from the hub's OpenAPI document by generator/generate.js. Do not edit.

export type Problem = {
  /** Leads to what the code means. */
  type: string
  title: string
  status: number
  detail: string
  code: 'invalid-argument' | 'not-found' | 'already-exists' | 'failed-precondition' | 'conflict' | 'unauthenticated' | 'permission-denied' | 'compacted' | 'future-revision' | 'lease-not-found' | 'no-space' | 'too-large' | 'overloaded' | 'unavailable' | 'no-instance' | 'deadline-exceeded' | 'outcome-unknown' | 'aborted' | 'closed' | 'store-replaced' | 'data-loss' | 'unimplemented' | 'invalid-document' | 'port-in-use' | 'data-dir-in-use' | 'data-dir-unusable' | 'data-dir-newer' | 'data-dir-foreign' | 'snapshot-unusable' | 'internal'
  requestId: string
  retryable: boolean
  errors?: readonly {
    in: 'path' | 'query' | 'body'
    pointer: string
    detail: string
  }[]
}

export interface Operations {
  'access.check': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      /** `direct`: people and pipelines write what they were granted; `strict`: they ask, and only the hub writes. */
      mode: 'direct' | 'strict'
      /** Users have to log in. */
      isAuthenticated: boolean
      /** Roles that may write for others. */
      hubRoles: readonly {
        role: string
        users: readonly string[]
      }[]
      /** Hubs that run now and have a login of their own. */
      runningHubs: number
      /** They may do everything. */
      rootUsers: readonly string[]
      bypasses: readonly {
        role: string
        users: readonly string[]
        /** The permission for people. */
        text: string
        /** The right to ask can take its place. */
        canBeConverted: boolean
      }[]
      /** This hub can write for others. */
      hasOwnLogin: boolean
    }
  }
  'access.createRole': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** The role. */
      role: string
    }
    result: {
      role: string
    }
  }
  'access.createUser': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** The user. */
      user: string
      password: string
    }
    result: {
      user: string
    }
  }
  'access.deleteRole': {
    params: {
      /** The role. */
      role: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'access.deleteUser': {
    params: {
      /** The user. */
      user: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'access.grant': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** A user, or a role. A user gets a role of its name. */
      name: string
      /** What somebody may do. */
      action: 'read' | 'publish' | 'approve' | 'bypass' | 'govern' | 'operate' | 'register' | 'hub'
      /** A path, a folder with a trailing slash, `''` for everything; or a service. */
      subject: string
      /** In the words of which mode. Default that of the store. */
      mode?: 'direct' | 'strict'
    }
    result: {
      role: string
      /** The permissions that were added or taken away. */
      changed: readonly {
        /** What is permitted. */
        type: 'read' | 'write' | 'readwrite'
        key: string
        /** On all keys that start with it. */
        isPrefix: boolean
      }[]
    }
  }
  'access.grantPermission': {
    params: {
      /** The role. */
      role: string
    }
    query: Record<never, never>
    body: {
      /** What is permitted. */
      type: 'read' | 'write' | 'readwrite'
      /** One key. */
      key?: string
      /** All keys that start with it; `''`: all. */
      prefix?: string
    }
    result: undefined
  }
  'access.grantRole': {
    params: {
      /** The user. */
      user: string
      /** The role. */
      role: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'access.may': {
    params: Record<never, never>
    query: {
      /** The user. */
      user: string
      /** A key, or with `prefix` what keys start with. */
      key: string
      /** All keys that start with it. Default false. */
      prefix?: boolean | undefined
    }
    body: undefined
    result: {
      read: {
        isAllowed: boolean
        /** The role that permits it; `root` for who may do everything. */
        role?: string
      }
      write: {
        isAllowed: boolean
        /** The role that permits it; `root` for who may do everything. */
        role?: string
      }
    }
  }
  'access.revoke': {
    params: Record<never, never>
    query: {
      /** A user, or a role. A user gets a role of its name. */
      name: string
      /** What somebody may do. */
      action: 'read' | 'publish' | 'approve' | 'bypass' | 'govern' | 'operate' | 'register' | 'hub'
      /** A path, a folder with a trailing slash, `''` for everything; or a service. */
      subject: string
    }
    body: undefined
    result: {
      role: string
      /** The permissions that were added or taken away. */
      changed: readonly {
        /** What is permitted. */
        type: 'read' | 'write' | 'readwrite'
        key: string
        /** On all keys that start with it. */
        isPrefix: boolean
      }[]
    }
  }
  'access.revokePermission': {
    params: {
      /** The role. */
      role: string
    }
    query: {
      /** One key. */
      key?: string | undefined
      /** All keys that start with it; `''`: all. */
      prefix?: string | undefined
    }
    body: undefined
    result: undefined
  }
  'access.revokeRole': {
    params: {
      /** The user. */
      user: string
      /** The role. */
      role: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'access.role': {
    params: {
      /** The role. */
      role: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      role: string
      permissions: readonly {
        /** What is permitted. */
        type: 'read' | 'write' | 'readwrite'
        /** The key, or the beginning of the range. */
        key: string
        /** The end of the range; absent for one key. */
        rangeEnd?: string
        /** The range has no end. */
        isOpen?: boolean
      }[]
    }
  }
  'access.roles': {
    params: Record<never, never>
    query: {
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      roles: readonly string[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'access.setMode': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** `direct`: people and pipelines write what they were granted; `strict`: they ask, and only the hub writes. */
      mode: 'direct' | 'strict'
      /** Replace what roles may write by the right to ask for it, or the other way round. Default false. */
      convert?: boolean
    }
    result: {
      /** `direct`: people and pipelines write what they were granted; `strict`: they ask, and only the hub writes. */
      mode: 'direct' | 'strict'
      converted: readonly {
        role: string
        actions: readonly {
          /** What somebody may do. */
          action: 'read' | 'publish' | 'approve' | 'bypass' | 'govern' | 'operate' | 'register' | 'hub'
          /** A path, a folder with a trailing slash, `''` for everything; or a service. */
          subject: string
        }[]
      }[]
    }
  }
  'access.setPassword': {
    params: {
      /** The user. */
      user: string
    }
    query: Record<never, never>
    body: {
      password: string
    }
    result: undefined
  }
  'access.show': {
    params: {
      /** The user. */
      user: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      name: string
      /** Everything. */
      isRoot: boolean
      allowed: readonly {
        /** What somebody may do. */
        action: 'read' | 'publish' | 'approve' | 'bypass' | 'govern' | 'operate' | 'register' | 'hub'
        /** A path, a folder with a trailing slash, `''` for everything; or a service. */
        subject: string
      }[]
    }
  }
  'access.users': {
    params: Record<never, never>
    query: {
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      users: readonly {
        user: string
        roles: readonly string[]
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'access.why': {
    params: Record<never, never>
    query: {
      /** The user. */
      user: string
      /** What somebody may do. */
      action: 'read' | 'publish' | 'approve' | 'bypass' | 'govern' | 'operate' | 'register' | 'hub'
      /** A path, a folder with a trailing slash, `''` for everything; or a service. */
      subject: string
      /** In the words of which mode. Default that of the store. */
      mode?: 'direct' | 'strict' | undefined
    }
    body: undefined
    result: {
      isAllowed: boolean
      needs: readonly {
        /** What is permitted. */
        type: 'read' | 'write' | 'readwrite'
        key: string
        /** On all keys that start with it. */
        isPrefix: boolean
        /** Absent: it is missing. */
        role?: string
      }[]
    }
  }
  'audit.list': {
    params: Record<never, never>
    query: {
      /** Only entries about this document. */
      path?: string | undefined
      /** Only entries about this instance, `<service>/<id>`, or all of a service, `<service>/`. */
      instance?: string | undefined
      /** Only entries of this user. */
      author?: string | undefined
      /** Only this action; `draft.`: all that begin with it. */
      action?: string | undefined
      /** Only entries at this time or later, ISO 8601. */
      after?: string | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** Only entries before this revision: `next` of the page before. */
      before?: string | undefined
    }
    body: undefined
    result: {
      entries: readonly {
        /** ISO 8601, UTC. */
        at: string
        author?: string
        /** The network address that it was asked from. */
        address?: string
        /** The process that wrote it. */
        process?: string
        /** `publish`, `draft.approve`, `canary.create`, `service.drain`, … */
        action: string
        detail?: string
        /** The documents that it is about. */
        paths: readonly string[]
        /** The instances that it is about, as `<service>/<id>`. */
        instances: readonly string[]
        comment?: string
        /** Its place in the chain; absent when it was written beside it. */
        sequence?: number
        /** The revision of what was done, which orders the entries. */
        revision: string
      }[]
      damaged: readonly {
        key: string
        reason: string
      }[]
      /** `before` of the next page. Absent on the last. */
      next?: string
    }
  }
  'audit.prune': {
    params: Record<never, never>
    query: {
      /** The age above which entries are deleted. */
      olderThanDays: number
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string | undefined
    }
    body: undefined
    result: {
      pruned: number
    }
  }
  'audit.verify': {
    params: Record<never, never>
    query: {
      /** An `end` of before, as `<sequence>:<hash>`. */
      known?: string | undefined
    }
    body: undefined
    result: {
      /** Entries in the chain. */
      chained: number
      /** Entries that are older than the chain: nothing proves them. */
      older: number
      end?: {
        sequence: number
        hash: string
      }
      pruned: readonly {
        from: number
        to: number
        previous: string
        hash: string
        at?: string
        by?: string
      }[]
      /** Empty when everything is intact. */
      faults: readonly {
        /** What is wrong. */
        kind: 'missing' | 'changed' | 'extra' | 'unchained' | 'damaged' | 'end' | 'known'
        key?: string
        from?: number
        to?: number
        message: string
      }[]
    }
  }
  'cluster.compact': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** The older history is deleted. */
      revision: string
      /** Answer only once the space is free. Default false. */
      physical?: boolean
    }
    result: undefined
  }
  'cluster.defragment': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** The id of the member, in hexadecimal. */
      member?: string
    }
    result: {
      members: readonly string[]
    }
  }
  'cluster.disarm': {
    params: Record<never, never>
    query: {
      /** The id of the member, in hexadecimal. */
      member?: string | undefined
      /** Default all. */
      type?: 'no-space' | 'corrupt' | undefined
    }
    body: undefined
    result: {
      disarmed: number
    }
  }
  'cluster.read': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      /** The id of the leader, in hexadecimal. Absent when there is none. */
      leader?: string
      /** The newest revision. */
      revision: string
      members: readonly {
        /** In hexadecimal. */
        id: string
        /** Empty until the member has started. */
        name: string
        peerUrls: readonly string[]
        clientUrls: readonly string[]
        isLearner: boolean
        isLeader: boolean
        isReachable: boolean
        /** Why it could not be queried. */
        error?: string
        version?: string
        storageVersion?: string
        /** The newest revision that it has. */
        revision?: string
        /** The term of the election. */
        raftTerm?: string
        /** The last entry of its log. */
        raftIndex?: string
        /** The last entry that it has applied. */
        raftAppliedIndex?: string
        /** On disk. */
        dbSizeBytes?: number
        /** Without what a defragmentation would release. */
        dbSizeInUseBytes?: number
        /** The quota; absent when the member does not report it. */
        dbSizeQuotaBytes?: number
        /** The errors that it reports. */
        errors: readonly string[]
      }[]
      alarms: readonly {
        /** In hexadecimal. */
        member: string
        /** `no-space`, `corrupt`. */
        type: string
      }[]
    }
  }
  'cluster.restoreHelp': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      steps: readonly {
        title: string
        command?: string
        /** Which store it is for. */
        for: 'embedded' | 'etcd'
      }[]
    }
  }
  'cluster.snapshot': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: string
  }
  'config.abortCanary': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
      /** The name of the canary. */
      canary: string
    }
    query: {
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string | undefined
      /** The reason, for the history and the audit. */
      comment?: string | undefined
    }
    body: undefined
    result: undefined
  }
  'config.approveDraft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else. */
      revision?: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      path: string
      /** The release that it is a change of; 0 when there was none. */
      base: number
      author: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** Its state. */
      state: 'draft' | 'submitted' | 'approved'
      approvals: readonly {
        by: string
        /** ISO 8601, UTC. */
        at: string
        comment?: string
      }[]
      /** It proposes to delete the document. */
      deletes: boolean
      /** The revision of its last change. */
      revision: string
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
    }
  }
  'config.canaries': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      /** In their order. */
      canaries: readonly {
        name: string
        /** The lowest comes first; the first that matches an instance wins. */
        order: number
        /** The instances that get it: every given condition must match. */
        rule: {
          /** Of the live instances; of three, 34 % is one. */
          percent?: number
          /** Each label must have one of its values. */
          labels?: Record<string, readonly string[]>
          zones?: readonly string[]
          instances?: readonly string[]
        }
        checksum: string
        /** The release that it is based on. */
        base?: number
        author?: string
        comment?: string
        /** ISO 8601, UTC. */
        at: string
        /** When a guard aborts it. */
        limits?: {
          /** The most processes that may reject it. Default 0. */
          maxRejected?: number
          /** The most health checks that may fail in a row, where a guard makes them. */
          maxUnhealthy?: number
        }
        /** Chooses the instances; another canary with it chooses the same. */
        seed: string
      }[]
      progress: readonly {
        name: string
        /** Live processes that have it. */
        applied: number
        rejected: number
        pending: number
      }[]
      /** Live processes that use the document. */
      processes: number
    }
  }
  'config.createCanary': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** Unique for the document. */
      name: string
      /** The instances that get it: every given condition must match. */
      rule: {
        /** Of the live instances; of three, 34 % is one. */
        percent?: number
        /** Each label must have one of its values. */
        labels?: Record<string, readonly string[]>
        zones?: readonly string[]
        instances?: readonly string[]
      }
      /** The document: its text, or its bytes as base64. */
      content: string
      /** How the content is written. Default `utf8`. */
      encoding?: 'utf8' | 'base64'
      order?: number
      /** When a guard aborts it. */
      limits?: {
        /** The most processes that may reject it. Default 0. */
        maxRejected?: number
        /** The most health checks that may fail in a row, where a guard makes them. */
        maxUnhealthy?: number
      }
      seed?: string
      /** Accept a rule with names that no live process has. Default false. */
      evenIfUnknown?: boolean
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** Why it is released without the approval that a policy requires. The audit records it. */
      bypassApproval?: string
    }
    result: {
      name: string
      /** The lowest comes first; the first that matches an instance wins. */
      order: number
      /** The instances that get it: every given condition must match. */
      rule: {
        /** Of the live instances; of three, 34 % is one. */
        percent?: number
        /** Each label must have one of its values. */
        labels?: Record<string, readonly string[]>
        zones?: readonly string[]
        instances?: readonly string[]
      }
      checksum: string
      /** The release that it is based on. */
      base?: number
      author?: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** When a guard aborts it. */
      limits?: {
        /** The most processes that may reject it. Default 0. */
        maxRejected?: number
        /** The most health checks that may fail in a row, where a guard makes them. */
        maxUnhealthy?: number
      }
      /** Chooses the instances; another canary with it chooses the same. */
      seed: string
    }
  }
  'config.delete': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: {
      /** The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced. */
      expectedRelease?: number | undefined
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string | undefined
      /** The reason, for the history and the audit. */
      comment?: string | undefined
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none' | undefined
      /** Why it is released without the approval that a policy requires. The audit records it. */
      bypassApproval?: string | undefined
    }
    body: undefined
    result: {
      path: string
      release: number
      /** The revision at which the document was written. */
      revision: string
      /** Absent when the document was deleted. */
      checksum?: string
      /** The document is unchanged: no release was made. */
      unchanged: boolean
    }
  }
  'config.deletePolicy': {
    params: Record<never, never>
    query: {
      /** A path, a folder with a trailing slash, or `''` for everything. The most specific one applies. */
      scope: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string | undefined
      /** The reason, for the history and the audit. */
      comment?: string | undefined
    }
    body: undefined
    result: {
      deleted: boolean
    }
  }
  'config.deleteSchema': {
    params: Record<never, never>
    query: {
      /** A path, a folder with a trailing slash, or `''` for everything. The most specific one applies. */
      scope: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string | undefined
      /** The reason, for the history and the audit. */
      comment?: string | undefined
    }
    body: undefined
    result: {
      deleted: boolean
    }
  }
  'config.diff': {
    params: Record<never, never>
    query: {
      /** The path of the left side. */
      left: string
      /** The release of the left side; 0: before the first. Absent: as it is now. */
      leftRelease?: number | undefined
      /** The path of the right side. Default that of the left. */
      right?: string | undefined
      /** The release of the right side; 0: before the first. Absent: as it is now. */
      rightRelease?: number | undefined
    }
    body: undefined
    result: {
      /** A unified diff without secrets; empty when nothing differs. Absent for bytes that are no text. */
      patch?: string
      /** Key by key. Absent when a side does not parse, or has no keys. */
      changes?: readonly {
        keyPath: readonly string[]
        /** Absent when the key is new. Secrets are `[secret]`. */
        from?: unknown
        /** Absent when the key is gone. */
        to?: unknown
      }[]
    }
  }
  'config.discardDraft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: {
      /** The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else. */
      revision?: string | undefined
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string | undefined
      /** The reason, for the history and the audit. */
      comment?: string | undefined
    }
    body: undefined
    result: undefined
  }
  'config.draft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      path: string
      /** The release that it is a change of; 0 when there was none. */
      base: number
      author: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** Its state. */
      state: 'draft' | 'submitted' | 'approved'
      approvals: readonly {
        by: string
        /** ISO 8601, UTC. */
        at: string
        comment?: string
      }[]
      /** It proposes to delete the document. */
      deletes: boolean
      /** The revision of its last change. */
      revision: string
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
    }
  }
  'config.drafts': {
    params: Record<never, never>
    query: {
      /** Only those. */
      state?: 'draft' | 'submitted' | 'approved' | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      drafts: readonly {
        path: string
        /** The release that it is a change of; 0 when there was none. */
        base: number
        author: string
        comment?: string
        /** ISO 8601, UTC. */
        at: string
        /** Its state. */
        state: 'draft' | 'submitted' | 'approved'
        approvals: readonly {
          by: string
          /** ISO 8601, UTC. */
          at: string
          comment?: string
        }[]
        /** It proposes to delete the document. */
        deletes: boolean
        /** The revision of its last change. */
        revision: string
      }[]
      damaged: readonly {
        key: string
        reason: string
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'config.effective': {
    params: Record<never, never>
    query: {
      /** The application. */
      app: string
      /** Such as `production`. */
      profile?: string | undefined
      /** The instance; without one, no canary is taken. */
      instance?: string | undefined
      /** The zone of the instance. */
      zone?: string | undefined
      /** Labels of the instance, `name=value`; may be repeated. */
      label?: readonly string[] | undefined
      /** Documents that it imports first, such as `shared/redis.yaml`; may be repeated. */
      imports?: readonly string[] | undefined
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      /** All layers merged and placeholders filled. Secrets are `[secret]`. Absent when `problem` is there. */
      value?: Record<string, unknown>
      /** What it is made of, from general to specific. */
      documents: readonly {
        path: string
        /** `import`, `extends`, `app`, `profile`, … */
        layer: string
        release?: number
        /** The canary that replaces it. */
        canary?: string
        /** The revision at which it was last written. */
        modRevision: string
      }[]
      /** Keys whose value only the process itself knows: variables of its environment, and secrets. */
      unresolved: readonly string[]
      /** Why there is currently no value. */
      problem?: {
        code: string
        message: string
      }
    }
  }
  'config.explain': {
    params: Record<never, never>
    query: {
      /** The application. */
      app: string
      /** Such as `production`. */
      profile?: string | undefined
      /** The instance; without one, no canary is taken. */
      instance?: string | undefined
      /** The zone of the instance. */
      zone?: string | undefined
      /** Labels of the instance, `name=value`; may be repeated. */
      label?: readonly string[] | undefined
      /** Documents that it imports first, such as `shared/redis.yaml`; may be repeated. */
      imports?: readonly string[] | undefined
      /** Such as `database.pool.max`. */
      key?: string | undefined
    }
    body: undefined
    result: {
      keys: readonly {
        /** Dotted. */
        key: string
        /** The final value; secrets as `[secret]`. */
        resolved: unknown
        /** Keys and variables that its placeholders name. */
        references: readonly string[]
        /** The document. */
        path: string
        line: number
        column: number
        /** The revision at which the document was last written. */
        modRevision: string
        release?: number
        canary?: string
        layer: string
        /** As written there; `[secret]` for what is encrypted. */
        value: unknown
        /** The values of the same key in lower layers, nearest first. */
        below: readonly {
          /** The document. */
          path: string
          line: number
          column: number
          /** The revision at which the document was last written. */
          modRevision: string
          release?: number
          canary?: string
          layer: string
          /** As written there; `[secret]` for what is encrypted. */
          value: unknown
        }[]
      }[]
    }
  }
  'config.export': {
    params: Record<never, never>
    query: {
      /** Only documents whose path starts with this, such as `order/`. Default all. */
      prefix?: string | undefined
    }
    body: undefined
    result: string
  }
  'config.history': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: {
      /** The maximum number of releases. Default 50. */
      limit?: number | undefined
      /** Only releases before this one: the last number of the page before. */
      before?: number | undefined
    }
    body: undefined
    result: {
      path: string
      /** The release that the document is at; 0 when there is none. */
      current: number
      changedByHand: boolean
      releases: readonly {
        /** From 1, without gaps, for each path. */
        release: number
        path: string
        /** What caused it; `external`: somebody changed the key by hand. */
        kind: 'publish' | 'rollback' | 'delete' | 'import' | 'external' | 'promote'
        author?: string
        comment?: string
        /** ISO 8601, UTC. */
        at: string
        /** It deleted the document. */
        deleted: boolean
        checksum?: string
        /** In bytes. */
        size: number
        /** The release whose content it restored. */
        restores?: number
        /** Shared by all releases of one publish. */
        bundle?: string
        /** The canary that was promoted. */
        canary?: string
        /** The revision at which it was made. */
        revision: string
      }[]
      damaged: readonly {
        key: string
        reason: string
      }[]
      /** `before` of the next page. */
      next?: number
    }
  }
  'config.import': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** By path. */
      documents?: Record<string, {
        /** The document: its text, or its bytes as base64. */
        content: string
        /** How the content is written. Default `utf8`. */
        encoding?: 'utf8' | 'base64'
      }>
      /** What another system has exported, instead of `documents`. */
      source?: {
        /** The source of the export: the zip archive of Nacos or of Apollo, what `consul kv export` prints, a `.env` file. */
        kind: 'nacos' | 'apollo' | 'consul' | 'env'
        /** The file, in base64. */
        content: string
        /** Prepended to all paths, such as `legacy/`. */
        under?: string
        /** `apollo`: the environment, such as `PRO`. Needed when the export has several. */
        env?: string
        /** `nacos`: names of applications. Of `order`, `order-prod.yaml` is the profile `prod`. */
        apps?: readonly string[]
        /** `consul`: only keys that start with this; it is removed from the paths. */
        strip?: string
        /** `env`: the document to make, such as `order/application.yaml`. */
        path?: string
        /** `env`: with `__`, `DB__HOST` becomes `db.host`. */
        separator?: string
      }
      /** Only documents whose path starts with this, such as `order/`. Default all. */
      prefix?: string
      /** Deletes, by releases, the documents below `prefix` that are not given. Default false. */
      deleteOthers?: boolean
      /** Writes nothing. Default false. */
      dryRun?: boolean
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** Why it is released without the approval that a policy requires. The audit records it. */
      bypassApproval?: string
    }
    result: {
      releases?: readonly {
        path: string
        release: number
        /** The revision at which the document was written. */
        revision: string
        /** Absent when the document was deleted. */
        checksum?: string
        /** The document is unchanged: no release was made. */
        unchanged: boolean
      }[]
      /** How many documents are unchanged. */
      unchanged?: number
      preview?: {
        documents: readonly {
          path: string
          /** The release that it would be. */
          release: number
          /** No release would be made. */
          unchanged: boolean
          /** A unified diff without secrets; empty when nothing differs. Absent for bytes that are no text. */
          patch?: string
          /** Key by key. Absent when a side does not parse, or has no keys. */
          changes?: readonly {
            keyPath: readonly string[]
            /** Absent when the key is new. Secrets are `[secret]`. */
            from?: unknown
            /** Absent when the key is gone. */
            to?: unknown
          }[]
        }[]
        /** Why it would be refused, apart from live processes. */
        problems: readonly {
          code: string
          /** A sentence with document, line, column and reason. */
          message: string
          path?: string
          line?: number
          column?: number
          /** The key that does not fit the schema. */
          keyPath?: string
        }[]
        /** Which processes would change, and which would reject it. */
        affected: readonly {
          app: string
          profile?: string
          version?: string
          instances: readonly string[]
          /** What would change for these processes. Secrets are `[secret]`. */
          changes: readonly {
            keyPath: readonly string[]
            /** Absent when the key is new. Secrets are `[secret]`. */
            from?: unknown
            /** Absent when the key is gone. */
            to?: unknown
          }[]
          /** Why they would reject it; empty if they would accept it. */
          breaks: readonly {
            code: string
            /** A sentence with document, line, column and reason. */
            message: string
            path?: string
            line?: number
            column?: number
            /** The key that does not fit the schema. */
            keyPath?: string
          }[]
        }[]
        /** A policy requires an approval first. */
        needsApproval: boolean
      }
      /** What of `source` was left out, and why. */
      skipped?: readonly {
        /** Its name in the export. */
        name: string
        reason: string
        /** It is not a document, so nothing is missing without it. */
        harmless?: true
      }[]
    }
  }
  'config.list': {
    params: Record<never, never>
    query: {
      /** A folder with a trailing slash, such as `order/`; `''`: the top. */
      folder?: string | undefined
      /** Such as `order/**`. Default all. */
      pattern?: string | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      folders: readonly {
        /** With its slash at the end. */
        path: string
        /** How many documents are below it, at any depth. */
        documents: number
      }[]
      documents: readonly {
        path: string
        /** The release that it is at; 0 when none was made of it. */
        release: number
        /** Of that release. */
        author?: string
        /** ISO 8601, UTC. */
        at?: string
        /** Somebody has changed it by hand since its release. */
        changedByHand: boolean
        /** The revision at which it was last written. */
        revision: string
        /** The scope of the schema that it must satisfy. */
        schema?: string
        /** The names of its canaries. */
        canaries: readonly string[]
        /** The state of its draft. */
        draft?: 'draft' | 'submitted' | 'approved' | 'rejected'
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'config.policies': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      policies: readonly {
        scope: string
        /** How many people other than the author must approve; 0: anybody may publish. */
        approvals: number
        /** Who may approve. Absent: everybody. */
        approvers?: readonly string[]
      }[]
    }
  }
  'config.previewCanary': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** Unique for the document. */
      name: string
      /** The instances that get it: every given condition must match. */
      rule: {
        /** Of the live instances; of three, 34 % is one. */
        percent?: number
        /** Each label must have one of its values. */
        labels?: Record<string, readonly string[]>
        zones?: readonly string[]
        instances?: readonly string[]
      }
      /** The document: its text, or its bytes as base64. */
      content: string
      /** How the content is written. Default `utf8`. */
      encoding?: 'utf8' | 'base64'
      order?: number
      /** When a guard aborts it. */
      limits?: {
        /** The most processes that may reject it. Default 0. */
        maxRejected?: number
        /** The most health checks that may fail in a row, where a guard makes them. */
        maxUnhealthy?: number
      }
      seed?: string
    }
    result: {
      affected: readonly {
        app: string
        profile?: string
        version?: string
        instances: readonly string[]
        /** What would change for these processes. Secrets are `[secret]`. */
        changes: readonly {
          keyPath: readonly string[]
          /** Absent when the key is new. Secrets are `[secret]`. */
          from?: unknown
          /** Absent when the key is gone. */
          to?: unknown
        }[]
        /** Why they would reject it; empty if they would accept it. */
        breaks: readonly {
          code: string
          /** A sentence with document, line, column and reason. */
          message: string
          path?: string
          line?: number
          column?: number
          /** The key that does not fit the schema. */
          keyPath?: string
        }[]
      }[]
    }
  }
  'config.promoteCanary': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
      /** The name of the canary. */
      canary: string
    }
    query: Record<never, never>
    body: {
      /** The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced. */
      expectedRelease?: number
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      path: string
      release: number
      /** The revision at which the document was written. */
      revision: string
      /** Absent when the document was deleted. */
      checksum?: string
      /** The document is unchanged: no release was made. */
      unchanged: boolean
    }
  }
  'config.publish': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The document: its text, or its bytes as base64. */
      content: string
      /** How the content is written. Default `utf8`. */
      encoding?: 'utf8' | 'base64'
      /** The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced. */
      expectedRelease?: number
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** Why it is released without the approval that a policy requires. The audit records it. */
      bypassApproval?: string
    }
    result: {
      path: string
      release: number
      /** The revision at which the document was written. */
      revision: string
      /** Absent when the document was deleted. */
      checksum?: string
      /** The document is unchanged: no release was made. */
      unchanged: boolean
    }
  }
  'config.publishAll': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      changes: readonly {
        path: string
        /** The document: its text, or its bytes as base64. */
        content?: string
        /** How the content is written. Default `utf8`. */
        encoding?: 'utf8' | 'base64'
        /** Instead of content: deletes it. */
        delete?: boolean
        /** The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced. */
        expectedRelease?: number
      }[]
      /** Writes nothing. Default false. */
      dryRun?: boolean
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** Why it is released without the approval that a policy requires. The audit records it. */
      bypassApproval?: string
    }
    result: {
      /** Shared by the releases. */
      bundle?: string
      /** The revision at which all were written. */
      revision?: string
      releases?: readonly {
        path: string
        release: number
        /** The revision at which the document was written. */
        revision: string
        /** Absent when the document was deleted. */
        checksum?: string
        /** The document is unchanged: no release was made. */
        unchanged: boolean
      }[]
      preview?: {
        documents: readonly {
          path: string
          /** The release that it would be. */
          release: number
          /** No release would be made. */
          unchanged: boolean
          /** A unified diff without secrets; empty when nothing differs. Absent for bytes that are no text. */
          patch?: string
          /** Key by key. Absent when a side does not parse, or has no keys. */
          changes?: readonly {
            keyPath: readonly string[]
            /** Absent when the key is new. Secrets are `[secret]`. */
            from?: unknown
            /** Absent when the key is gone. */
            to?: unknown
          }[]
        }[]
        /** Why it would be refused, apart from live processes. */
        problems: readonly {
          code: string
          /** A sentence with document, line, column and reason. */
          message: string
          path?: string
          line?: number
          column?: number
          /** The key that does not fit the schema. */
          keyPath?: string
        }[]
        /** Which processes would change, and which would reject it. */
        affected: readonly {
          app: string
          profile?: string
          version?: string
          instances: readonly string[]
          /** What would change for these processes. Secrets are `[secret]`. */
          changes: readonly {
            keyPath: readonly string[]
            /** Absent when the key is new. Secrets are `[secret]`. */
            from?: unknown
            /** Absent when the key is gone. */
            to?: unknown
          }[]
          /** Why they would reject it; empty if they would accept it. */
          breaks: readonly {
            code: string
            /** A sentence with document, line, column and reason. */
            message: string
            path?: string
            line?: number
            column?: number
            /** The key that does not fit the schema. */
            keyPath?: string
          }[]
        }[]
        /** A policy requires an approval first. */
        needsApproval: boolean
      }
    }
  }
  'config.publishDraft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else. */
      revision?: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** Why it is released without the approval that a policy requires. The audit records it. */
      bypassApproval?: string
    }
    result: {
      path: string
      release: number
      /** The revision at which the document was written. */
      revision: string
      /** Absent when the document was deleted. */
      checksum?: string
      /** The document is unchanged: no release was made. */
      unchanged: boolean
    }
  }
  'config.raiseCanary': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
      /** The name of the canary. */
      canary: string
    }
    query: Record<never, never>
    body: {
      /** Of the live instances; of three, 34 % is one. */
      percent: number
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      name: string
      /** The lowest comes first; the first that matches an instance wins. */
      order: number
      /** The instances that get it: every given condition must match. */
      rule: {
        /** Of the live instances; of three, 34 % is one. */
        percent?: number
        /** Each label must have one of its values. */
        labels?: Record<string, readonly string[]>
        zones?: readonly string[]
        instances?: readonly string[]
      }
      checksum: string
      /** The release that it is based on. */
      base?: number
      author?: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** When a guard aborts it. */
      limits?: {
        /** The most processes that may reject it. Default 0. */
        maxRejected?: number
        /** The most health checks that may fail in a row, where a guard makes them. */
        maxUnhealthy?: number
      }
      /** Chooses the instances; another canary with it chooses the same. */
      seed: string
    }
  }
  'config.read': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      path: string
      exists: boolean
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
      /** `yaml`, `json`, `toml`, `properties`, `text` or `binary`; absent when it is not there. */
      format?: string
      /** The release that the document is at; 0 when there is none. */
      release: number
      /** Of that release. */
      author?: string
      /** ISO 8601, UTC. */
      at?: string
      /** SHA-256 of the bytes, in hexadecimal. */
      checksum?: string
      /** Somebody has changed it by hand since its release. */
      changedByHand: boolean
      /** The revision at which it was last written. */
      modRevision?: string
    }
  }
  'config.readRaw': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: undefined
    result: string
  }
  'config.rejectDraft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else. */
      revision?: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      path: string
      /** The release that it is a change of; 0 when there was none. */
      base: number
      author: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** Its state. */
      state: 'draft' | 'submitted' | 'approved'
      approvals: readonly {
        by: string
        /** ISO 8601, UTC. */
        at: string
        comment?: string
      }[]
      /** It proposes to delete the document. */
      deletes: boolean
      /** The revision of its last change. */
      revision: string
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
    }
  }
  'config.release': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
      /** The number of the release. */
      release: number
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** From 1, without gaps, for each path. */
      release: number
      path: string
      /** What caused it; `external`: somebody changed the key by hand. */
      kind: 'publish' | 'rollback' | 'delete' | 'import' | 'external' | 'promote'
      author?: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** It deleted the document. */
      deleted: boolean
      checksum?: string
      /** In bytes. */
      size: number
      /** The release whose content it restored. */
      restores?: number
      /** Shared by all releases of one publish. */
      bundle?: string
      /** The canary that was promoted. */
      canary?: string
      /** The revision at which it was made. */
      revision: string
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
    }
  }
  'config.rollback': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The release to restore. */
      release: number
      /** The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced. */
      expectedRelease?: number
      /** `live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`. */
      validate?: 'live' | 'stored' | 'none'
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      path: string
      release: number
      /** The revision at which the document was written. */
      revision: string
      /** Absent when the document was deleted. */
      checksum?: string
      /** The document is unchanged: no release was made. */
      unchanged: boolean
    }
  }
  'config.saveDraft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The document: its text, or its bytes as base64. */
      content?: string
      /** How the content is written. Default `utf8`. */
      encoding?: 'utf8' | 'base64'
      /** Instead of content: proposes to delete the document. */
      delete?: boolean
      /** The release that it is based on. Default the present one. */
      base?: number
      /** The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else. */
      revision?: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      path: string
      /** The release that it is a change of; 0 when there was none. */
      base: number
      author: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** Its state. */
      state: 'draft' | 'submitted' | 'approved'
      approvals: readonly {
        by: string
        /** ISO 8601, UTC. */
        at: string
        comment?: string
      }[]
      /** It proposes to delete the document. */
      deletes: boolean
      /** The revision of its last change. */
      revision: string
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
    }
  }
  'config.schema': {
    params: Record<never, never>
    query: {
      /** A path, a folder with a trailing slash, or `''` for everything. The most specific one applies. */
      scope?: string | undefined
      /** A document. */
      path?: string | undefined
    }
    body: undefined
    result: {
      scope: string
      schema: Record<string, unknown>
    }
  }
  'config.schemas': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      scopes: readonly string[]
    }
  }
  'config.search': {
    params: Record<never, never>
    query: {
      /** The text to search for, within one line. */
      text: string
      /** Only in documents that match. Default `**`. */
      pattern?: string | undefined
      /** Whether case is ignored. Default false. */
      ignoreCase?: boolean | undefined
      /** The maximum number of lines. Default 200. */
      limit?: number | undefined
    }
    body: undefined
    result: {
      lines: readonly {
        path: string
        /** From 1. */
        line: number
        /** Of the first match in the line, from 1. */
        column: number
        /** The line, cut to 500 characters. */
        text: string
      }[]
      /** There are more than `limit`. */
      isCut: boolean
    }
  }
  'config.setPolicy': {
    params: Record<never, never>
    query: {
      /** A path, a folder with a trailing slash, or `''` for everything. The most specific one applies. */
      scope: string
    }
    body: {
      /** How many people other than the author must approve; 0: anybody may publish. */
      approvals: number
      /** Who may approve. Absent: everybody. */
      approvers?: readonly string[]
      /** Also if the document or the user does not exist. Default false. */
      evenIfUnknown?: boolean
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: undefined
  }
  'config.setSchema': {
    params: Record<never, never>
    query: {
      /** A path, a folder with a trailing slash, or `''` for everything. The most specific one applies. */
      scope: string
    }
    body: {
      /** JSON Schema 2020-12, or draft-07 by `$schema`. */
      schema: Record<string, unknown>
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: undefined
  }
  'config.status': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      path: string
      /** The release that the document is at; 0 when there is none. */
      release: number
      changedByHand: boolean
      counts: {
        applied: number
        rejected: number
        pending: number
      }
      /** The processes without a canary. */
      released: {
        applied: number
        rejected: number
        pending: number
      }
      canaries: readonly {
        name: string
        counts: {
          applied: number
          rejected: number
          pending: number
        }
      }[]
      /** How many processes run each release, newest first. */
      running: readonly {
        release: number
        processes: number
      }[]
      /** By application and instance; those that rejected it first, 1000 at most. */
      processes: readonly {
        process: string
        app: string
        profile?: string
        instance: string
        version?: string
        /** Relative to the release that it should have now. */
        state: 'applied' | 'rejected' | 'pending'
        /** The canary that it should have. */
        canary?: string
        /** The release that it runs. */
        release?: number
        /** Why it rejected that release. */
        reason?: string
        /** ISO 8601, UTC. */
        at?: string
      }[]
    }
  }
  'config.submitDraft': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The revision of the draft that was read: a conflict if it has changed since. Required to take over a draft of somebody else. */
      revision?: string
      /** The author, if authentication is off. Otherwise it is the logged-in user. */
      author?: string
      /** The reason, for the history and the audit. */
      comment?: string
    }
    result: {
      path: string
      /** The release that it is a change of; 0 when there was none. */
      base: number
      author: string
      comment?: string
      /** ISO 8601, UTC. */
      at: string
      /** Its state. */
      state: 'draft' | 'submitted' | 'approved'
      approvals: readonly {
        by: string
        /** ISO 8601, UTC. */
        at: string
        comment?: string
      }[]
      /** It proposes to delete the document. */
      deletes: boolean
      /** The revision of its last change. */
      revision: string
      /** Exactly as it was written; encrypted values stay encrypted. Absent when there is none. */
      content?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
    }
  }
  'config.validate': {
    params: {
      /** The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`. */
      path: string
    }
    query: Record<never, never>
    body: {
      /** The document: its text, or its bytes as base64. */
      content?: string
      /** How the content is written. Default `utf8`. */
      encoding?: 'utf8' | 'base64'
      /** Instead of content: what deleting it would do. */
      delete?: boolean
      /** The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced. */
      expectedRelease?: number
    }
    result: {
      documents: readonly {
        path: string
        /** The release that it would be. */
        release: number
        /** No release would be made. */
        unchanged: boolean
        /** A unified diff without secrets; empty when nothing differs. Absent for bytes that are no text. */
        patch?: string
        /** Key by key. Absent when a side does not parse, or has no keys. */
        changes?: readonly {
          keyPath: readonly string[]
          /** Absent when the key is new. Secrets are `[secret]`. */
          from?: unknown
          /** Absent when the key is gone. */
          to?: unknown
        }[]
      }[]
      /** Why it would be refused, apart from live processes. */
      problems: readonly {
        code: string
        /** A sentence with document, line, column and reason. */
        message: string
        path?: string
        line?: number
        column?: number
        /** The key that does not fit the schema. */
        keyPath?: string
      }[]
      /** Which processes would change, and which would reject it. */
      affected: readonly {
        app: string
        profile?: string
        version?: string
        instances: readonly string[]
        /** What would change for these processes. Secrets are `[secret]`. */
        changes: readonly {
          keyPath: readonly string[]
          /** Absent when the key is new. Secrets are `[secret]`. */
          from?: unknown
          /** Absent when the key is gone. */
          to?: unknown
        }[]
        /** Why they would reject it; empty if they would accept it. */
        breaks: readonly {
          code: string
          /** A sentence with document, line, column and reason. */
          message: string
          path?: string
          line?: number
          column?: number
          /** The key that does not fit the schema. */
          keyPath?: string
        }[]
      }[]
      /** A policy requires an approval first. */
      needsApproval: boolean
    }
  }
  'coordination.acquire': {
    params: {
      /** The name of the lock, its slashes written as `%2F`. */
      lock: string
    }
    query: Record<never, never>
    body: {
      /** The session: see `POST /v1/sessions`. */
      session: string
      /** A value of the session, for others to read. */
      value?: string
      /** How long to wait for it; `5m` at most. Default: do not wait. */
      wait?: string
      /** Keep the place in the queue when the time is up. Default false. */
      stay?: boolean
    }
    result: {
      isHeld: boolean
      /** The fencing token. */
      token: string
      ahead: number
    } | {
      isHeld: boolean
      /** The token that it will get. */
      token: string
      /** How many are before it. */
      ahead: number
    }
  }
  'coordination.addJob': {
    params: {
      /** The queue. */
      queue: string
    }
    query: Record<never, never>
    body: {
      /** The data for the worker: any JSON. */
      data?: unknown
      id?: string
      delayMs?: number
      priority?: number
      /** Jobs of one group run one after the other. */
      group?: string
      attempts?: number
    }
    result: {
      id: string
      /** False: it existed already. */
      added: boolean
    }
  }
  'coordination.campaign': {
    params: {
      /** The name of the election, its slashes written as `%2F`. */
      election: string
    }
    query: Record<never, never>
    body: {
      /** The session: see `POST /v1/sessions`. */
      session: string
      /** A value of the session, for others to read. */
      value?: string
      /** How long to wait for leadership; `5m` at most. Default: do not wait. */
      wait?: string
    }
    result: {
      isLeader: boolean
      /** The fencing token. */
      token: string
      ahead: number
    }
  }
  'coordination.deleteSchedule': {
    params: {
      /** The schedule. */
      schedule: string
    }
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
    }
    body: undefined
    result: undefined
  }
  'coordination.election': {
    params: {
      /** The name of the election, its slashes written as `%2F`. */
      election: string
    }
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      name: string
      leader?: {
        /** The id of its lease. */
        session: string
        key: string
        /** The fencing token. It only rises; a resource that refuses lower ones is safe. */
        token: string
        value: string
      }
      /** The waiting candidates, in order. */
      candidates: readonly {
        /** The id of its lease. */
        session: string
        key: string
        /** The fencing token. It only rises; a resource that refuses lower ones is safe. */
        token: string
        value: string
      }[]
    }
  }
  'coordination.job': {
    params: {
      /** The queue. */
      queue: string
      /** The id of the job. */
      job: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      id: string
      /** Its state; `waiting` includes jobs that are not due yet. */
      state: 'waiting' | 'active' | 'completed' | 'dead'
      /** Attempts begun. */
      attempt: number
      /** ISO 8601, UTC. */
      addedAt: string
      /** ISO 8601, UTC. */
      finishedAt?: string
      worker?: string
      progress?: unknown
      result?: unknown
      /** Why the last attempt failed. */
      error?: string
      /** The fencing token of the attempt. */
      token?: string
      data?: unknown
      priority?: number
      group?: string
    }
  }
  'coordination.jobs': {
    params: {
      /** The queue. */
      queue: string
    }
    query: {
      /** `waiting`: the next to be taken; `dead`: failed, with the reason. */
      state: 'waiting' | 'active' | 'dead'
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      jobs: readonly {
        id: string
        /** Its state; `waiting` includes jobs that are not due yet. */
        state: 'waiting' | 'active' | 'completed' | 'dead'
        /** Attempts begun. */
        attempt: number
        /** ISO 8601, UTC. */
        addedAt: string
        /** ISO 8601, UTC. */
        finishedAt?: string
        worker?: string
        progress?: unknown
        result?: unknown
        /** Why the last attempt failed. */
        error?: string
        /** The fencing token of the attempt. */
        token?: string
        data?: unknown
        priority?: number
        group?: string
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'coordination.lock': {
    params: {
      /** The name of the lock, its slashes written as `%2F`. */
      lock: string
    }
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      name: string
      holder?: {
        /** The id of its lease. */
        session: string
        key: string
        /** The fencing token. It only rises; a resource that refuses lower ones is safe. */
        token: string
        value: string
      }
      /** Who waits, in order. */
      queue: readonly {
        /** The id of its lease. */
        session: string
        key: string
        /** The fencing token. It only rises; a resource that refuses lower ones is safe. */
        token: string
        value: string
      }[]
    }
  }
  'coordination.locks': {
    params: Record<never, never>
    query: {
      /** Only names that start with it. Default all. */
      prefix?: string | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      lines: readonly {
        name: string
        holder: {
          /** The id of its lease. */
          session: string
          key: string
          /** The fencing token. It only rises; a resource that refuses lower ones is safe. */
          token: string
          value: string
        }
        /** How many wait. */
        waiting: number
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'coordination.pauseQueue': {
    params: {
      /** The queue. */
      queue: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'coordination.pauseSchedule': {
    params: {
      /** The schedule. */
      schedule: string
    }
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
    }
    body: {
      reason?: string
    }
    result: undefined
  }
  'coordination.proclaim': {
    params: {
      /** The name of the election, its slashes written as `%2F`. */
      election: string
    }
    query: Record<never, never>
    body: {
      /** The session: see `POST /v1/sessions`. */
      session: string
      value: string
    }
    result: {
      /** The id of its lease. */
      session: string
      key: string
      /** The fencing token. It only rises; a resource that refuses lower ones is safe. */
      token: string
      value: string
    }
  }
  'coordination.purge': {
    params: {
      /** The queue. */
      queue: string
    }
    query: {
      /** Which. */
      what: 'waiting' | 'completed' | 'dead' | 'all'
    }
    body: undefined
    result: {
      purged: number
    }
  }
  'coordination.putSchedule': {
    params: {
      /** The schedule. */
      schedule: string
    }
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
    }
    body: {
      /** Five fields, or six with seconds in front. */
      cron?: string
      timeZone?: string
      everyMs?: number
      /** ISO 8601, UTC. */
      at?: string
      /** Default `skip`. */
      overlap?: 'skip' | 'buffer-one' | 'buffer-all' | 'cancel-other' | 'allow-all'
      catchUpMs?: number
      jitterMs?: number
      /** The queue that gets a job for each run. */
      queue: string
      /** The data of that job. */
      payload?: unknown
    }
    result: undefined
  }
  'coordination.queue': {
    params: {
      /** The queue. */
      queue: string
    }
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      name: string
      /** May be claimed now. */
      waiting: number
      /** Wait until they are due. */
      delayed: number
      /** Wait for an earlier job of their group. */
      blocked: number
      active: number
      /** Completed jobs whose result is still kept. */
      completed: number
      /** Failed for good. */
      dead: number
      workers: number
      isPaused: boolean
      /** How long the oldest that may be claimed has waited. */
      oldestWaitingMs: number
    }
  }
  'coordination.queues': {
    params: Record<never, never>
    query: {
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      queues: readonly {
        name: string
        /** May be claimed now. */
        waiting: number
        /** Wait until they are due. */
        delayed: number
        /** Wait for an earlier job of their group. */
        blocked: number
        active: number
        /** Completed jobs whose result is still kept. */
        completed: number
        /** Failed for good. */
        dead: number
        workers: number
        isPaused: boolean
        /** How long the oldest that may be claimed has waited. */
        oldestWaitingMs: number
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'coordination.redrive': {
    params: {
      /** The queue. */
      queue: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      redriven: number
    }
  }
  'coordination.release': {
    params: {
      /** The name of the lock, its slashes written as `%2F`. */
      lock: string
    }
    query: Record<never, never>
    body: {
      /** The session: see `POST /v1/sessions`. */
      session: string
    }
    result: undefined
  }
  'coordination.removeJob': {
    params: {
      /** The queue. */
      queue: string
      /** The id of the job. */
      job: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'coordination.resign': {
    params: {
      /** The name of the election, its slashes written as `%2F`. */
      election: string
    }
    query: Record<never, never>
    body: {
      /** The session: see `POST /v1/sessions`. */
      session: string
    }
    result: undefined
  }
  'coordination.resumeQueue': {
    params: {
      /** The queue. */
      queue: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'coordination.resumeSchedule': {
    params: {
      /** The schedule. */
      schedule: string
    }
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
    }
    body: undefined
    result: undefined
  }
  'coordination.retryJob': {
    params: {
      /** The queue. */
      queue: string
      /** The id of the job. */
      job: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'coordination.schedule': {
    params: {
      /** The schedule. */
      schedule: string
    }
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
      /** The most runs of the history. Default 20. */
      limit?: number | undefined
    }
    body: undefined
    result: {
      schedule: {
        name: string
        cron?: string
        timeZone?: string
        everyMs?: number
        /** ISO 8601, UTC. */
        at?: string
        /** What happens if a run is due while an earlier one has not ended. */
        overlap: 'skip' | 'buffer-one' | 'buffer-all' | 'cancel-other' | 'allow-all'
        /** The queue that gets a job for each run. */
        queue?: string
        paused: boolean
        pauseReason?: string
        /** ISO 8601, UTC. */
        nextAt?: string
      }
      next: readonly string[]
      history: readonly {
        id: string
        /** `skipped`: an earlier run had not ended; `missed`: no process was running in time. */
        state: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'skipped' | 'missed'
        /** ISO 8601, UTC. */
        plannedAt: string
        /** ISO 8601, UTC. */
        startedAt?: string
        /** ISO 8601, UTC. */
        finishedAt?: string
        /** The process that led when it began. */
        by: string
        job?: string
        queue?: string
        error?: string
        /** Of `missed`: how many runs. */
        count?: number
        /** Somebody asked for it. */
        request?: 'trigger' | 'backfill'
      }[]
    }
  }
  'coordination.schedules': {
    params: Record<never, never>
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      schedules: readonly {
        name: string
        cron?: string
        timeZone?: string
        everyMs?: number
        /** ISO 8601, UTC. */
        at?: string
        /** What happens if a run is due while an earlier one has not ended. */
        overlap: 'skip' | 'buffer-one' | 'buffer-all' | 'cancel-other' | 'allow-all'
        /** The queue that gets a job for each run. */
        queue?: string
        paused: boolean
        pauseReason?: string
        /** ISO 8601, UTC. */
        nextAt?: string
      }[]
      /** The process that leads the group; absent when nobody has yet. */
      leader?: string
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'coordination.trigger': {
    params: {
      /** The schedule. */
      schedule: string
    }
    query: {
      /** The group of processes that can run it. Default `default`. */
      group?: string | undefined
    }
    body: {
      /** Instead of the schedule’s own rule. */
      payload?: unknown
    }
    result: undefined
  }
  'discovery.envoy': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** Of the last answer. */
      version_info?: string
      /** The services. */
      resource_names?: readonly string[]
      versionInfo?: string
      resourceNames?: readonly string[]
    }
    result: {
      version_info: string
      type_url: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'
      resources: readonly {
        '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'
        cluster_name: string
        endpoints: readonly {
          locality?: {
            zone: string
          }
          lb_endpoints: readonly {
            endpoint: {
              address: {
                socket_address: {
                  address: string
                  port_value: number
                }
              }
            }
            /** `DRAINING`: it is leaving, and gets no new connections. */
            health_status: 'HEALTHY' | 'DRAINING'
            load_balancing_weight?: number
          }[]
        }[]
      }[]
    }
  }
  'discovery.prometheus': {
    params: Record<never, never>
    query: {
      /** Only this service. */
      service?: string | undefined
      /** Only instances with this tag. */
      tag?: string | undefined
      /** Only instances of this zone. */
      zone?: string | undefined
      /** `up`: only those that take traffic. Default `any`. */
      status?: 'up' | 'any' | undefined
    }
    body: undefined
    result: readonly {
      targets: readonly string[]
      labels: Record<string, string>
    }[]
  }
  'discovery.traefik': {
    params: Record<never, never>
    query: {
      /** Such as `example.com`. */
      domain?: string | undefined
      /** Only instances with this tag. */
      tag?: string | undefined
    }
    body: undefined
    result: {
      http?: {
        services: Record<string, {
          loadBalancer: {
            servers: readonly {
              url: string
              weight?: number
            }[]
            passHostHeader: boolean
          }
        }>
        routers?: Record<string, {
          rule: string
          service: string
        }>
      }
      tcp?: {
        services: Record<string, {
          loadBalancer: {
            servers: readonly {
              address: string
            }[]
          }
        }>
      }
    }
  }
  'gateways.explain': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** Such as `GET`. */
      method: string
      /** Such as `https://shop.example.com/api/x?y=z`. */
      url: string
      headers?: Record<string, string>
      /** Default `127.0.0.1`. */
      clientAddress?: string
      /** Default `gateway/routes.yaml`. */
      routes?: string
    }
    result: {
      /** `matched`: a route takes it; `unmatched`: none does; `refused`: it is malformed. */
      kind: string
      route?: string
      /** The conditions of the route that matched. */
      because?: readonly string[]
      policies?: readonly {
        name: string
        kind: string
      }[]
      /** Where it goes now; a split may decide otherwise next time. */
      service?: string
      /** Why this service. */
      chosenBy?: string
      /** The path and query that the instance gets. */
      path?: string
      instances?: readonly {
        id: string
        address: string
        status: string
        version?: string
        zone?: string
        weight: number
        /** Whether the request could go there. */
        takesTraffic: boolean
      }[]
      answer?: {
        status: number
        code?: string
        detail?: string
        location?: string
      }
      /** Why the other routes do not take it, the nearest first. */
      others: readonly {
        route: string
        /** The step at which it was ruled out: `host`, `path`, `method`, `headers`, `query` or `order`. */
        step: string
        reason: string
      }[]
    }
  }
  'gateways.list': {
    params: Record<never, never>
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      /** By process. */
      gateways: readonly {
        /** The process, as in `config status`. */
        process: string
        /** The stable name of the instance. */
        instance: string
        /** The host that it runs on. */
        host: string
        pid: number
        zone?: string
        /** ISO 8601, UTC. */
        startedAt: string
        /** ISO 8601, UTC. */
        at: string
        document: {
          /** The document with the routes. */
          path: string
          /** The store's revision at which it was read. */
          revision: string
          /** Its release; absent when none is known for its text. */
          release?: number
          /** ISO 8601, UTC. */
          staleSince?: string
          /** Why the routes in the store are not in force; empty if they are. */
          problems: readonly string[]
        }
        /** Requests under way. */
        inFlight: number
        /** Connections of clients. */
        connections: number
        /** Those with the most requests first; at most 200. */
        routes: readonly {
          /** The name of the route. */
          name: string
          /** `proxy` or `answer`. */
          kind: string
          /** The target services. */
          services: readonly string[]
          /** The policies that its requests must pass. */
          policies: readonly string[]
          /** `open` or `half-open` while a breaker of the route holds requests back; absent otherwise. */
          breaker?: string
          requestsPerSecond: number
          /** Answers of 500 and more. */
          errorsPerSecond: number
          /** From the head of a request to the end of its answer, of half of the requests; absent without any. */
          p50Ms?: number
          /** From the head of a request to the end of its answer, of 99 in 100 requests; absent without any. */
          p99Ms?: number
        }[]
        /** How many routes there are. */
        routeCount: number
        /** Those with the most requests first; at most 200. */
        instances?: readonly {
          /** The service. */
          service: string
          /** The id of the instance. */
          instance: string
          /** Host and port. */
          address: string
          /** As it registered, or `suspect` if the store may have lost contact with it. */
          status: string
          requestsPerSecond: number
          /** Tries that got no answer. */
          failuresPerSecond: number
          /** From a request to the head of its answer, of half of the requests; absent without any. */
          p50Ms?: number
          /** From a request to the head of its answer, of 99 in 100 requests; absent without any. */
          p99Ms?: number
        }[]
      }[]
    }
  }
  'hub.changes': {
    params: Record<never, never>
    query: {
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
    }
  }
  'hub.live': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      status: 'ok'
    }
  }
  'hub.logIn': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      user: string
      password: string
      /** How the session is kept. Default `cookie`. */
      session?: 'cookie' | 'token'
    }
    result: {
      user: string
      /** ISO 8601, UTC. */
      expiresAt: string
      /** With a cookie: for the header `X-CSRF-Token`. */
      csrfToken?: string
      /** With `"session": "token"`: for `Authorization: Bearer`. */
      token?: string
    }
  }
  'hub.logOut': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'hub.loginMethods': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      /** As a user of the store: `POST /v1/login`. */
      password: boolean
      /** By an OpenID provider. */
      oidc?: {
        /** The name of the provider. */
        title: string
        /** Where to send the browser; with `?return=<path>` it comes back there. */
        path: string
      }
    }
  }
  'hub.metrics': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: string
  }
  'hub.overview': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      /** The problems, worst first. */
      findings: readonly {
        /** `critical`: requests fail now; `warning`: check it today; `notice`: somebody waits. */
        severity: 'critical' | 'warning' | 'notice'
        /** Stable, for programs: `no-leader`, `service-without-instances`, … */
        code: string
        /** The service, document or member. */
        about?: string
        /** For people. */
        message: string
      }[]
      services?: {
        count: number
        withoutUp: readonly string[]
        instances: {
          total: number
          up: number
          starting: number
          leaving: number
          disabled: number
        }
        /** Services with instances that were lost together, and that consumers still call: see `services.suspects`. They are not among the counts. */
        suspects: readonly {
          service: string
          count: number
          /** ISO 8601, UTC. */
          since: string
          /** ISO 8601, UTC. */
          until: string
        }[]
      }
      config?: {
        documents: number
        /** In the last 24 hours, the newest first; 20 at most. */
        releasesToday: readonly {
          path: string
          release: number
          author?: string
          /** ISO 8601, UTC. */
          at: string
        }[]
        /** Documents that were released in the last 24 hours. */
        releaseCount: number
        canaries: readonly {
          path: string
          name: string
          /** ISO 8601, UTC. */
          at: string
        }[]
        drafts: {
          draft: number
          submitted: number
          approved: number
        }
        /** Live processes that load configuration. */
        consumers: number
      }
      cluster?: {
        members: number
        reachable: number
        leader?: string
        dbSizeBytes: number
        alarms: readonly {
          /** In hexadecimal. */
          member: string
          /** `no-space`, `corrupt`. */
          type: string
        }[]
      }
      hidden: readonly ('services' | 'config' | 'cluster')[]
    }
  }
  'hub.ready': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      status: 'ok'
    }
  }
  'hub.session': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      /** Absent if authentication is off. */
      user?: string
      /** Whether people write documents themselves or ask the hub. */
      mode?: 'direct' | 'strict'
      /** ISO 8601, UTC. */
      expiresAt?: string
      /** For the header `X-CSRF-Token` of every change. */
      csrfToken?: string
    }
  }
  'keys.delete': {
    params: {
      /** The key, its slashes written as `%2F`; or its bytes as base64, with `keyEncoding=base64`. */
      key: string
    }
    query: {
      /** How the key is written: for keys that are no text. Default `utf8`. */
      keyEncoding?: 'utf8' | 'base64' | undefined
      /** Only if this is the revision of its last change; `0`: only if the key does not exist. Absent: always. */
      expectedModRevision?: string | undefined
    }
    body: undefined
    result: {
      /** The revision of this change. */
      revision: string
      deleted: number
    }
  }
  'keys.deletePrefix': {
    params: Record<never, never>
    query: {
      prefix: string
      /** How many keys there are, as `keys.list` counts them: if the number differs now, nothing is deleted. */
      expectedCount: number
    }
    body: undefined
    result: {
      /** The revision of this change. */
      revision: string
      deleted: number
    }
  }
  'keys.history': {
    params: {
      /** The key, its slashes written as `%2F`; or its bytes as base64, with `keyEncoding=base64`. */
      key: string
    }
    query: {
      /** How the key is written: for keys that are no text. Default `utf8`. */
      keyEncoding?: 'utf8' | 'base64' | undefined
      /** Only values before this revision: `next` of the page before. */
      before?: string | undefined
      /** The maximum number of values. Default 20. */
      limit?: number | undefined
    }
    body: undefined
    result: {
      values: readonly {
        /** As text. */
        key: string
        /** The bytes of the key, if they are not UTF-8. */
        keyBase64?: string
        /** The revision at which the key was last created. */
        createRevision: string
        /** The revision of its last change. */
        modRevision: string
        /** Changes since it was created, from 1. */
        version: string
        /** The lease that it is attached to, in hexadecimal. Absent in a list without values. */
        lease?: string
        /** The text, or the bytes as base64. */
        value?: string
        /** `base64` for bytes that are not text. */
        encoding?: 'utf8' | 'base64'
        /** Of the whole value, in bytes. */
        size?: number
        /** The value is longer than what is shown. */
        isCut?: boolean
      }[]
      /** Earlier history has been compacted. */
      isCompacted: boolean
      /** `before` of the next page. */
      next?: string
    }
  }
  'keys.lease': {
    params: {
      /** The lease, in hexadecimal. */
      lease: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** In hexadecimal. */
      lease: string
      /** Its TTL. */
      ttlSeconds: number
      grantedTtlSeconds: number
      keys: readonly string[]
    }
  }
  'keys.leases': {
    params: Record<never, never>
    query: {
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      leases: readonly {
        /** In hexadecimal. */
        lease: string
        /** Its TTL. */
        ttlSeconds: number
        grantedTtlSeconds: number
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'keys.list': {
    params: Record<never, never>
    query: {
      /** Default all keys. */
      prefix?: string | undefined
      /** Only entries directly below the prefix. Default false. */
      level?: boolean | undefined
      /** With values, each cut to 2 KiB. Default false. */
      values?: boolean | undefined
      /** As of this revision. Default the newest. */
      revision?: string | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      /** The revision of the list. */
      revision: string
      /** How many keys start with the prefix. */
      count: number
      folders: readonly {
        prefix: string
        /** How many keys are below it. */
        keys: number
      }[]
      keys: readonly {
        /** As text. */
        key: string
        /** The bytes of the key, if they are not UTF-8. */
        keyBase64?: string
        /** The revision at which the key was last created. */
        createRevision: string
        /** The revision of its last change. */
        modRevision: string
        /** Changes since it was created, from 1. */
        version: string
        /** The lease that it is attached to, in hexadecimal. Absent in a list without values. */
        lease?: string
        /** The text, or the bytes as base64. */
        value?: string
        /** `base64` for bytes that are not text. */
        encoding?: 'utf8' | 'base64'
        /** Of the whole value, in bytes. */
        size?: number
        /** The value is longer than what is shown. */
        isCut?: boolean
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'keys.put': {
    params: {
      /** The key, its slashes written as `%2F`; or its bytes as base64, with `keyEncoding=base64`. */
      key: string
    }
    query: {
      /** How the key is written: for keys that are no text. Default `utf8`. */
      keyEncoding?: 'utf8' | 'base64' | undefined
    }
    body: {
      /** The text, or the bytes as base64. */
      value: string
      /** Default `utf8`. */
      encoding?: 'utf8' | 'base64'
      /** Only if this is the revision of its last change; `0`: only if the key does not exist. Absent: always. */
      expectedModRevision?: string
      /** Attaches it to this lease, in hexadecimal. */
      lease?: string
    }
    result: {
      /** The revision of this change. */
      revision: string
    }
  }
  'keys.read': {
    params: {
      /** The key, its slashes written as `%2F`; or its bytes as base64, with `keyEncoding=base64`. */
      key: string
    }
    query: {
      /** How the key is written: for keys that are no text. Default `utf8`. */
      keyEncoding?: 'utf8' | 'base64' | undefined
      /** As of this revision. Default the newest. */
      revision?: string | undefined
    }
    body: undefined
    result: {
      /** As text. */
      key: string
      /** The bytes of the key, if they are not UTF-8. */
      keyBase64?: string
      /** The revision at which the key was last created. */
      createRevision: string
      /** The revision of its last change. */
      modRevision: string
      /** Changes since it was created, from 1. */
      version: string
      /** The lease that it is attached to, in hexadecimal. Absent in a list without values. */
      lease?: string
      /** The text, or the bytes as base64. */
      value?: string
      /** `base64` for bytes that are not text. */
      encoding?: 'utf8' | 'base64'
      /** Of the whole value, in bytes. */
      size?: number
      /** The value is longer than what is shown. */
      isCut?: boolean
      /** The value, where it is JSON. */
      json?: unknown
      /** The remaining time of its lease. */
      ttlSeconds?: number
      grantedTtlSeconds?: number
    }
  }
  'keys.revokeLease': {
    params: {
      /** The lease, in hexadecimal. */
      lease: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'keys.watch': {
    params: Record<never, never>
    query: {
      /** Which keys. */
      prefix: string
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      prefix: string
      /** How many keys there were when this was read. */
      count: number
    }
  }
  'names.apply': {
    params: {
      /** The service. */
      name: string
    }
    query: Record<never, never>
    body: {
      /** A user or a team. Default: the caller; required if authentication is off. */
      owner?: string
      description?: string
    }
    result: {
      name: string
      /** The owner. */
      owner: string
      description?: string
      /** ISO 8601, UTC. */
      since?: string
      /** The revision at which it was last written. */
      revision: string
    }
  }
  'names.beginSession': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** The TTL, in seconds. Send a heartbeat about three times as often. */
      ttlSeconds?: number
    }
    result: {
      /** The session: the id of a lease of the store. */
      session: string
      /** How long it lives from now without a heartbeat, in seconds. */
      ttlSeconds: number
    }
  }
  'names.change': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: {
      version?: string
      zone?: string
      /** Default 1; 0 takes no traffic. */
      weight?: number
      /** `starting` keeps traffic away. Default `up`. */
      status?: 'up' | 'starting'
      tags?: readonly string[]
      /** Any JSON. */
      metadata?: Record<string, unknown>
    }
    result: {
      /** It is listed so from this revision. */
      revision: string
    }
  }
  'names.deregister': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'names.drain': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** It is listed so from this revision. */
      revision: string
    }
  }
  'names.endSession': {
    params: {
      /** The session. */
      session: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'names.heartbeat': {
    params: {
      /** The session. */
      session: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** The session: the id of a lease of the store. */
      session: string
      /** How long it lives from now without a heartbeat, in seconds. */
      ttlSeconds: number
    }
  }
  'names.list': {
    params: {
      /** The service. */
      name: string
    }
    query: {
      /** `up`: only those that take traffic; `any`: all. Default `up`. */
      status?: 'up' | 'any' | undefined
      /** A range of semantic versions such as `^1.4`, or a version’s text. */
      version?: string | undefined
      zone?: string | undefined
      scheme?: string | undefined
      /** The instance has all of these. */
      tag?: readonly string[] | undefined
      /** `name=value`: the instance’s metadata has this text. */
      metadata?: readonly string[] | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      service: string
      instances: readonly {
        service: string
        /** Unique within the service. */
        id: string
        host: string
        port: number
        /** `host:port`, with brackets around an IPv6 address. */
        address: string
        scheme?: string
        version?: string
        zone?: string
        /** Its share of the traffic relative to the others; 0 takes none. */
        weight: number
        /** Only `up` takes new traffic. */
        status: 'starting' | 'up' | 'leaving' | 'disabled'
        tags: readonly string[]
        metadata: Record<string, unknown>
        /** The process that registered it. */
        process?: string
        /** ISO 8601, UTC. */
        registeredAt?: string
        /** The revision at which its record was last written. */
        revision: string
        /** What an operator has set for it. */
        override?: {
          weight?: number
          /** Instead of its own. */
          status?: 'leaving' | 'disabled'
          reason?: string
          /** Who set it. */
          by?: string
          /** ISO 8601, UTC. */
          at?: string
          /** The values of its own record. */
          registered: {
            weight: number
            /** Its own. */
            status: 'starting' | 'up' | 'leaving'
          }
        }
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'names.names': {
    params: Record<never, never>
    query: {
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      names: readonly {
        name: string
        /** The owner. */
        owner: string
        description?: string
        /** ISO 8601, UTC. */
        since?: string
        /** The revision at which it was last written. */
        revision: string
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'names.persistent': {
    params: {
      /** The service. */
      name: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      checks: readonly {
        id: string
        /** As it was registered. */
        check: unknown
      }[]
    }
  }
  'names.pick': {
    params: {
      /** The service. */
      name: string
    }
    query: {
      /** Default `round-robin`. */
      algorithm?: 'round-robin' | 'random' | 'rendezvous' | undefined
      /** What `rendezvous` hashes. */
      key?: string | undefined
      /** Ids that this call has tried already. */
      exclude?: readonly string[] | undefined
      /** The caller’s zone: instances there are preferred. */
      near?: string | undefined
      /** A range of semantic versions such as `^1.4`, or a version’s text. */
      version?: string | undefined
      zone?: string | undefined
      scheme?: string | undefined
      /** The instance has all of these. */
      tag?: readonly string[] | undefined
      /** `name=value`: the instance’s metadata has this text. */
      metadata?: readonly string[] | undefined
    }
    body: undefined
    result: {
      service: string
      /** Unique within the service. */
      id: string
      host: string
      port: number
      /** `host:port`, with brackets around an IPv6 address. */
      address: string
      scheme?: string
      version?: string
      zone?: string
      /** Its share of the traffic relative to the others; 0 takes none. */
      weight: number
      /** Only `up` takes new traffic. */
      status: 'starting' | 'up' | 'leaving' | 'disabled'
      tags: readonly string[]
      metadata: Record<string, unknown>
      /** The process that registered it. */
      process?: string
      /** ISO 8601, UTC. */
      registeredAt?: string
      /** The revision at which its record was last written. */
      revision: string
      /** What an operator has set for it. */
      override?: {
        weight?: number
        /** Instead of its own. */
        status?: 'leaving' | 'disabled'
        reason?: string
        /** Who set it. */
        by?: string
        /** ISO 8601, UTC. */
        at?: string
        /** The values of its own record. */
        registered: {
          weight: number
          /** Its own. */
          status: 'starting' | 'up' | 'leaving'
        }
      }
    }
  }
  'names.register': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: {
      /** The address at which others reach it. Default: the address of the caller. */
      host?: string
      /** The same as `host`. */
      ip?: string
      port: number
      /** `http`, `grpc`, … */
      scheme?: string
      version?: string
      zone?: string
      /** Default 1; 0 takes no traffic. */
      weight?: number
      /** `starting` keeps traffic away. Default `up`. */
      status?: 'up' | 'starting'
      tags?: readonly string[]
      /** Any JSON. */
      metadata?: Record<string, unknown>
      /** The session that keeps it alive. Default: a new one. */
      session?: string
      /** The TTL, in seconds. Send a heartbeat about three times as often. */
      ttlSeconds?: number
    }
    result: {
      service: string
      id: string
      address: string
      /** Send heartbeats to `/v1/sessions/{session}/heartbeat`. */
      session: string
      /** The TTL of a new session. */
      ttlSeconds?: number
      /** It is listed from this revision. */
      revision: string
    }
  }
  'names.registerPersistent': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: {
      host: string
      port: number
      scheme?: string
      version?: string
      zone?: string
      /** Default 1; 0 takes no traffic. */
      weight?: number
      tags?: readonly string[]
      /** Any JSON. */
      metadata?: Record<string, unknown>
      /** Exactly one of `http`, `tcp` and `grpc`, at the address of the instance. */
      check: {
        /** A path that answers 2xx. */
        http?: string
        /** It takes connections. */
        tcp?: true
        /** `grpc.health.v1.Health/Check` says `SERVING`. */
        grpc?: {
          service?: string
        }
        /** From one check to the next. Default 5,000. */
        intervalMs?: number
        /** How long a check may take. Default 2,000. */
        timeoutMs?: number
        /** Good checks in a row that make it healthy. Default 2. */
        rise?: number
        /** Bad ones that make it unhealthy. Default 3. */
        fall?: number
        /** How long it may be unhealthy before it is deregistered. Default: forever. */
        deregisterAfterMs?: number
      }
    }
    result: {
      /** It is listed from this revision. */
      revision: string
    }
  }
  'names.registerUnnamed': {
    params: {
      /** The service. */
      name: string
    }
    query: Record<never, never>
    body: {
      /** The address at which others reach it. Default: the address of the caller. */
      host?: string
      /** The same as `host`. */
      ip?: string
      port: number
      /** `http`, `grpc`, … */
      scheme?: string
      version?: string
      zone?: string
      /** Default 1; 0 takes no traffic. */
      weight?: number
      /** `starting` keeps traffic away. Default `up`. */
      status?: 'up' | 'starting'
      tags?: readonly string[]
      /** Any JSON. */
      metadata?: Record<string, unknown>
      /** The session that keeps it alive. Default: a new one. */
      session?: string
      /** The TTL, in seconds. Send a heartbeat about three times as often. */
      ttlSeconds?: number
    }
    result: {
      service: string
      id: string
      address: string
      /** Send heartbeats to `/v1/sessions/{session}/heartbeat`. */
      session: string
      /** The TTL of a new session. */
      ttlSeconds?: number
      /** It is listed from this revision. */
      revision: string
    }
  }
  'names.release': {
    params: {
      /** The service. */
      name: string
    }
    query: {
      /** A user or a team. Default: the caller; required if authentication is off. */
      owner?: string | undefined
    }
    body: undefined
    result: undefined
  }
  'names.show': {
    params: {
      /** The service. */
      name: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      name: string
      /** The owner. */
      owner: string
      description?: string
      /** ISO 8601, UTC. */
      since?: string
      /** The revision at which it was last written. */
      revision: string
    }
  }
  'names.showInstance': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      service: string
      /** Unique within the service. */
      id: string
      host: string
      port: number
      /** `host:port`, with brackets around an IPv6 address. */
      address: string
      scheme?: string
      version?: string
      zone?: string
      /** Its share of the traffic relative to the others; 0 takes none. */
      weight: number
      /** Only `up` takes new traffic. */
      status: 'starting' | 'up' | 'leaving' | 'disabled'
      tags: readonly string[]
      metadata: Record<string, unknown>
      /** The process that registered it. */
      process?: string
      /** ISO 8601, UTC. */
      registeredAt?: string
      /** The revision at which its record was last written. */
      revision: string
      /** What an operator has set for it. */
      override?: {
        weight?: number
        /** Instead of its own. */
        status?: 'leaving' | 'disabled'
        reason?: string
        /** Who set it. */
        by?: string
        /** ISO 8601, UTC. */
        at?: string
        /** The values of its own record. */
        registered: {
          weight: number
          /** Its own. */
          status: 'starting' | 'up' | 'leaving'
        }
      }
    }
  }
  'names.showSession': {
    params: {
      /** The session. */
      session: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** The session: the id of a lease of the store. */
      session: string
      /** How long it lives from now without a heartbeat, in seconds. */
      ttlSeconds: number
      instances: readonly {
        service: string
        id: string
      }[]
    }
  }
  'services.followers': {
    params: {
      /** The service. */
      name: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      followers: readonly {
        /** Unique to the run of the process. */
        process: string
        /** The stable name of its instance. */
        instance?: string
        app?: string
        host?: string
        pid?: number
        since?: string
        /** It has seen every change of the instances up to this revision. */
        seenInstances: string
        /** It has seen every change by operators up to this revision. */
        seenOverrides: string
      }[]
    }
  }
  'services.list': {
    params: Record<never, never>
    query: {
      search?: string | undefined
      /** Default 500. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      /** The revision of the store that the counts are of. */
      revision: string
      services: readonly {
        name: string
        total: number
        up: number
        starting: number
        leaving: number
        disabled: number
        /** Those that its instances have; ten at most. */
        versions: readonly string[]
        /** Those that its instances are in; ten at most. */
        zones: readonly string[]
      }[]
      totals: {
        services: number
        servicesWithoutUp: number
        total: number
        up: number
        starting: number
        leaving: number
        disabled: number
      }
      /** For the next page; absent on the last. */
      next?: string
    }
  }
  'services.map': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      edges: readonly {
        /** The application. */
        from: string
        to: string
        processes: number
      }[]
      /** Processes without an application name. */
      unnamed: number
      /** Whether there are more than are listed. */
      isCut: boolean
    }
  }
  'services.operate': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: {
      /** What to do. */
      action: 'drain' | 'disable' | 'enable' | 'weight'
      /** With `weight`. */
      weight?: number
      /** For others to read. */
      reason?: string
    }
    result: {
      id: string
      /** Followers that have seen it have `seenOverrides` of at least this: see `services.followers`. */
      revision: string
    }
  }
  'services.suspects': {
    params: {
      /** The service. */
      name: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      suspects: readonly {
        id: string
        address: string
        zone?: string
        version?: string
        /** When its record went. */
        since: string
        /** Until when consumers hold it at most. */
        until: string
      }[]
    }
  }
  'services.try': {
    params: {
      /** The service. */
      name: string
      /** The instance. */
      id: string
    }
    query: Record<never, never>
    body: {
      /** `tcp`: a connection is taken; `http`: a GET of `path` is answered with a status from 200 to 299; `grpc`: `grpc.health.v1.Health` says that it serves. */
      kind: 'tcp' | 'http' | 'grpc'
      /** With `http`. Default `/`. */
      path?: string
      /** With `grpc`: the gRPC service. Without it, the server as a whole. */
      service?: string
    }
    result: {
      ok: boolean
      durationMs: number
      /** Why it failed. */
      problem?: string
    }
  }
  'timeline.at': {
    params: Record<never, never>
    query: {
      /** The moment. A revision, or a time in ISO 8601. */
      moment: string
      /** Only entries about this service. */
      service?: string | undefined
      /** Only entries about this document. */
      path?: string | undefined
    }
    body: undefined
    result: {
      /** The revision of the last event up to the moment. */
      revision: string
      /** That event. */
      lastId: string
      /** Whether there was more: 10,000 of each kind are shown. */
      isCut: boolean
      instances: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      overrides: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      documents: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      canaries: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      drafts: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      policies: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      schemas: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      rejections: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      schedules: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      leaders: readonly {
        /** `<service>/<instance>`, the path of a document, the name of an election … */
        name: string
        facts: Record<string, unknown>
      }[]
      /** Of the document at `path`, if it is text and still kept. */
      content?: string
    }
  }
  'timeline.kinds': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      kinds: readonly {
        kind: string
        meaning: string
      }[]
    }
  }
  'timeline.list': {
    params: Record<never, never>
    query: {
      /** Kinds, separated by commas: `instance.down`, `release.*`. */
      kind?: string | undefined
      service?: string | undefined
      instance?: string | undefined
      /** A document, or a folder with a trailing slash. */
      path?: string | undefined
      /** An election, canary, schedule, queue or process. */
      name?: string | undefined
      /** Who did it. */
      by?: string | undefined
      /** Only events at or after this moment. A revision, or a time in ISO 8601. */
      from?: string | undefined
      /** Only events at or before this moment. A revision, or a time in ISO 8601. */
      to?: string | undefined
      /** The order. Default `newest`. */
      order?: 'newest' | 'oldest' | undefined
      /** Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
      /** How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most. */
      wait?: string | undefined
      /** The revision of the state that the caller has. */
      since?: string | undefined
      /** Answer with a stream of events, as with `Accept: text/event-stream`. */
      watch?: boolean | undefined
    }
    body: undefined
    result: {
      /** The revision of this state. */
      revision: string
      /** ISO 8601, UTC. */
      staleSince?: string
      events: readonly {
        /** Revision and place in it, such as `120.0`. */
        id: string
        /** The revision of the store that caused it. */
        revision: string
        /** When it was recorded. */
        at: string
        kind: 'instance.starting' | 'instance.up' | 'instance.changed' | 'instance.restored' | 'instance.leaving' | 'instance.down' | 'override.set' | 'override.cleared' | 'release.published' | 'release.rolled-back' | 'release.deleted' | 'release.imported' | 'release.external' | 'release.promoted' | 'document.written' | 'document.removed' | 'canary.started' | 'canary.changed' | 'canary.ended' | 'draft.saved' | 'draft.submitted' | 'draft.approved' | 'draft.rejected' | 'draft.removed' | 'policy.set' | 'policy.removed' | 'schema.set' | 'schema.removed' | 'config.rejected' | 'config.recovered' | 'candidate.joined' | 'candidate.changed' | 'candidate.left' | 'leader.elected' | 'leader.changed' | 'leader.gone' | 'schedule.set' | 'schedule.paused' | 'schedule.resumed' | 'schedule.removed' | 'queue.paused' | 'queue.resumed' | 'timeline.began' | 'timeline.gap' | 'timeline.unknown'
        /** The store's key that it is about. */
        key: string
        service?: string
        instance?: string
        /** The document, or the scope of a rule. */
        path?: string
        /** The election, canary, schedule, queue or process. */
        name?: string
        /** The author, if known. */
        by?: string
        comment?: string
        /** Why: `left`, `expired`, `evicted`, `promoted` … */
        reason?: string
        was?: Record<string, unknown>
        now?: Record<string, unknown>
        /** Of a gap: the last revision before it. */
        fromRevision?: string
        /** Of a gap: the revision that the difference leads to. */
        toRevision?: string
        /** It was recorded later than it happened. */
        late?: boolean
        /** Found by comparing two moments, not seen. */
        inferred?: boolean
        /** The event in a sentence. */
        summary: string
        /** The same in Chinese. */
        summaryZh: string
      }[]
      /** The cursor of the next page, which may be empty. Absent: there are no more. */
      next?: string
      /** The first event that is kept. */
      oldest?: {
        id: string
        /** ISO 8601, UTC. */
        at: string
      }
      /** Everything up to this revision is recorded. */
      recordedUpTo: string
    }
  }
  'timeline.status': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      /** Everything up to this revision is recorded; 0 when nothing ever was. */
      recordedUpTo: string
      /** The first event that is kept. */
      oldest?: {
        id: string
        /** ISO 8601, UTC. */
        at: string
      }
      /** The role of the answering hub. `waiting`: another one records, or nobody has been elected yet. */
      thisHub: 'off' | 'waiting' | 'recording' | 'failing' | 'closed'
      /** Why this hub fails. */
      lastError?: string
    }
  }
  'tokens.create': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** What it is for. */
      name: string
      /** Default 90. */
      expiresInDays?: number
    }
    result: {
      id: string
      name: string
      /** Whose rights it has. */
      user: string
      /** ISO 8601, UTC. */
      createdAt: string
      /** ISO 8601, UTC. */
      expiresAt: string
      /** The address that it was asked for from. */
      createdFrom: string
      /** To within five minutes. Absent: never. */
      lastUsedAt?: string
      /** Told only here: nobody can read it again. */
      token: string
    }
  }
  'tokens.list': {
    params: Record<never, never>
    query: {
      /** Of all users: needs the role root. Default false. */
      all?: boolean | undefined
      /** Only entries that contain this text; capital letters count as small ones. */
      search?: string | undefined
      /** The maximum number of entries. Default 100. */
      limit?: number | undefined
      /** `next` of the page before. */
      cursor?: string | undefined
    }
    body: undefined
    result: {
      tokens: readonly {
        id: string
        name: string
        /** Whose rights it has. */
        user: string
        /** ISO 8601, UTC. */
        createdAt: string
        /** ISO 8601, UTC. */
        expiresAt: string
        /** The address that it was asked for from. */
        createdFrom: string
        /** To within five minutes. Absent: never. */
        lastUsedAt?: string
      }[]
      /** Where the next page begins: the `cursor` of the next request. Absent on the last page. */
      next?: string
    }
  }
  'tokens.revoke': {
    params: {
      /** Its id. */
      id: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** False: there was none. */
      revoked: boolean
    }
  }
  'webhooks.create': {
    params: Record<never, never>
    query: Record<never, never>
    body: {
      /** For people. */
      name?: string
      /** The URL to send to. */
      url: string
      /** The format of the body. Default `json`, which is signed as Standard Webhooks say. */
      format?: 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'
      /** Of the sentences in chats. Default `en`. */
      language?: 'en' | 'zh'
      /** Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`. */
      kinds: readonly string[]
      /** Only events about this service. */
      service?: string
      /** Only events about this document, or below this folder. */
      path?: string
      /** The secret that signs bodies. Default for `json`: a new one. For chats: the secret of the bot. */
      secret?: string
      /** While it is paused, events wait. */
      isPaused?: boolean
    }
    result: {
      id: string
      /** For people. */
      name: string
      /** Without what may be a secret. */
      url: string
      /** The format of the body. Default `json`, which is signed as Standard Webhooks say. */
      format: 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'
      /** Of the sentences in chats. Default `en`. */
      language: 'en' | 'zh'
      /** Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`. */
      kinds: readonly string[]
      /** Only events about this service. */
      service?: string
      /** Only events about this document, or below this folder. */
      path?: string
      /** While it is paused, events wait. */
      isPaused: boolean
      /** Whether bodies are signed. */
      hasSecret: boolean
      /** ISO 8601, UTC. */
      createdAt: string
      createdBy?: string
      /** It is shown only once. */
      secret?: string
    }
  }
  'webhooks.delete': {
    params: {
      /** The id of the webhook. */
      webhook: string
    }
    query: Record<never, never>
    body: undefined
    result: undefined
  }
  'webhooks.deliveries': {
    params: {
      /** The id of the webhook. */
      webhook: string
    }
    query: {
      /** Default 50. */
      limit?: number | undefined
    }
    body: undefined
    result: {
      deliveries: readonly {
        /** The header `webhook-id`, the same for every attempt. */
        id: string
        /** The first event. */
        firstId: string
        /** The last event. */
        lastId: string
        /** The number of its events. */
        events: number
        /** `failed`: it is not tried again. */
        state: 'retrying' | 'delivered' | 'failed'
        tries: number
        /** The latest ones, in order. */
        attempts: readonly {
          /** ISO 8601, UTC. */
          at: string
          tookMs: number
          /** The status of the answer, if there was one. */
          status?: number
          /** Why it failed. Absent: it was delivered. */
          error?: string
        }[]
        /** ISO 8601, UTC. */
        nextAt?: string
        redeliveryOf?: string
      }[]
    }
  }
  'webhooks.list': {
    params: Record<never, never>
    query: Record<never, never>
    body: undefined
    result: {
      webhooks: readonly {
        id: string
        /** For people. */
        name: string
        /** Without what may be a secret. */
        url: string
        /** The format of the body. Default `json`, which is signed as Standard Webhooks say. */
        format: 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'
        /** Of the sentences in chats. Default `en`. */
        language: 'en' | 'zh'
        /** Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`. */
        kinds: readonly string[]
        /** Only events about this service. */
        service?: string
        /** Only events about this document, or below this folder. */
        path?: string
        /** While it is paused, events wait. */
        isPaused: boolean
        /** Whether bodies are signed. */
        hasSecret: boolean
        /** ISO 8601, UTC. */
        createdAt: string
        createdBy?: string
      }[]
    }
  }
  'webhooks.redeliver': {
    params: {
      /** The id of the webhook. */
      webhook: string
      /** The id of the delivery. */
      delivery: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** The header `webhook-id`, the same for every attempt. */
      id: string
      /** The first event. */
      firstId: string
      /** The last event. */
      lastId: string
      /** The number of its events. */
      events: number
      /** `failed`: it is not tried again. */
      state: 'retrying' | 'delivered' | 'failed'
      tries: number
      /** The latest ones, in order. */
      attempts: readonly {
        /** ISO 8601, UTC. */
        at: string
        tookMs: number
        /** The status of the answer, if there was one. */
        status?: number
        /** Why it failed. Absent: it was delivered. */
        error?: string
      }[]
      /** ISO 8601, UTC. */
      nextAt?: string
      redeliveryOf?: string
    }
  }
  'webhooks.show': {
    params: {
      /** The id of the webhook. */
      webhook: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      id: string
      /** For people. */
      name: string
      /** Without what may be a secret. */
      url: string
      /** The format of the body. Default `json`, which is signed as Standard Webhooks say. */
      format: 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'
      /** Of the sentences in chats. Default `en`. */
      language: 'en' | 'zh'
      /** Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`. */
      kinds: readonly string[]
      /** Only events about this service. */
      service?: string
      /** Only events about this document, or below this folder. */
      path?: string
      /** While it is paused, events wait. */
      isPaused: boolean
      /** Whether bodies are signed. */
      hasSecret: boolean
      /** ISO 8601, UTC. */
      createdAt: string
      createdBy?: string
    }
  }
  'webhooks.test': {
    params: {
      /** The id of the webhook. */
      webhook: string
    }
    query: Record<never, never>
    body: undefined
    result: {
      /** ISO 8601, UTC. */
      at: string
      tookMs: number
      /** The status of the answer, if there was one. */
      status?: number
      /** Why it failed. Absent: it was delivered. */
      error?: string
    }
  }
  'webhooks.update': {
    params: {
      /** The id of the webhook. */
      webhook: string
    }
    query: Record<never, never>
    body: {
      /** For people. */
      name?: string
      /** The URL to send to. */
      url?: string
      /** The format of the body. Default `json`, which is signed as Standard Webhooks say. */
      format?: 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'
      /** Of the sentences in chats. Default `en`. */
      language?: 'en' | 'zh'
      /** Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`. */
      kinds?: readonly string[]
      /** Only events about this service. */
      service?: string
      /** Only events about this document, or below this folder. */
      path?: string
      /** The secret that signs bodies. Default for `json`: a new one. For chats: the secret of the bot. */
      secret?: string
      /** While it is paused, events wait. */
      isPaused?: boolean
    }
    result: {
      id: string
      /** For people. */
      name: string
      /** Without what may be a secret. */
      url: string
      /** The format of the body. Default `json`, which is signed as Standard Webhooks say. */
      format: 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'
      /** Of the sentences in chats. Default `en`. */
      language: 'en' | 'zh'
      /** Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`. */
      kinds: readonly string[]
      /** Only events about this service. */
      service?: string
      /** Only events about this document, or below this folder. */
      path?: string
      /** While it is paused, events wait. */
      isPaused: boolean
      /** Whether bodies are signed. */
      hasSecret: boolean
      /** ISO 8601, UTC. */
      createdAt: string
      createdBy?: string
    }
  }
}

/** Method and path of each. */
export const routes: Readonly<Record<keyof Operations, readonly [method: string, path: string]>> = {
  'access.check': ['GET', '/v1/access'],
  'access.createRole': ['POST', '/v1/roles'],
  'access.createUser': ['POST', '/v1/users'],
  'access.deleteRole': ['DELETE', '/v1/roles/{role}'],
  'access.deleteUser': ['DELETE', '/v1/users/{user}'],
  'access.grant': ['POST', '/v1/access/grants'],
  'access.grantPermission': ['PUT', '/v1/roles/{role}/permissions'],
  'access.grantRole': ['PUT', '/v1/users/{user}/roles/{role}'],
  'access.may': ['GET', '/v1/access/may'],
  'access.revoke': ['DELETE', '/v1/access/grants'],
  'access.revokePermission': ['DELETE', '/v1/roles/{role}/permissions'],
  'access.revokeRole': ['DELETE', '/v1/users/{user}/roles/{role}'],
  'access.role': ['GET', '/v1/roles/{role}'],
  'access.roles': ['GET', '/v1/roles'],
  'access.setMode': ['PUT', '/v1/access/mode'],
  'access.setPassword': ['PUT', '/v1/users/{user}/password'],
  'access.show': ['GET', '/v1/users/{user}/access'],
  'access.users': ['GET', '/v1/users'],
  'access.why': ['GET', '/v1/access/why'],
  'audit.list': ['GET', '/v1/audit'],
  'audit.prune': ['DELETE', '/v1/audit'],
  'audit.verify': ['GET', '/v1/audit/verification'],
  'cluster.compact': ['POST', '/v1/cluster/compaction'],
  'cluster.defragment': ['POST', '/v1/cluster/defragmentation'],
  'cluster.disarm': ['DELETE', '/v1/cluster/alarms'],
  'cluster.read': ['GET', '/v1/cluster'],
  'cluster.restoreHelp': ['GET', '/v1/cluster/restore-help'],
  'cluster.snapshot': ['GET', '/v1/cluster/snapshot'],
  'config.abortCanary': ['DELETE', '/v1/config/documents/{path}/canaries/{canary}'],
  'config.approveDraft': ['POST', '/v1/config/documents/{path}/draft/approve'],
  'config.canaries': ['GET', '/v1/config/documents/{path}/canaries'],
  'config.createCanary': ['POST', '/v1/config/documents/{path}/canaries'],
  'config.delete': ['DELETE', '/v1/config/documents/{path}'],
  'config.deletePolicy': ['DELETE', '/v1/config/policy'],
  'config.deleteSchema': ['DELETE', '/v1/config/schema'],
  'config.diff': ['GET', '/v1/config/diff'],
  'config.discardDraft': ['DELETE', '/v1/config/documents/{path}/draft'],
  'config.draft': ['GET', '/v1/config/documents/{path}/draft'],
  'config.drafts': ['GET', '/v1/config/drafts'],
  'config.effective': ['GET', '/v1/config/effective'],
  'config.explain': ['GET', '/v1/config/explain'],
  'config.export': ['GET', '/v1/config/export'],
  'config.history': ['GET', '/v1/config/documents/{path}/releases'],
  'config.import': ['POST', '/v1/config/import'],
  'config.list': ['GET', '/v1/config/documents'],
  'config.policies': ['GET', '/v1/config/policies'],
  'config.previewCanary': ['POST', '/v1/config/documents/{path}/canaries/preview'],
  'config.promoteCanary': ['POST', '/v1/config/documents/{path}/canaries/{canary}/promote'],
  'config.publish': ['PUT', '/v1/config/documents/{path}'],
  'config.publishAll': ['POST', '/v1/config/releases'],
  'config.publishDraft': ['POST', '/v1/config/documents/{path}/draft/publish'],
  'config.raiseCanary': ['POST', '/v1/config/documents/{path}/canaries/{canary}/raise'],
  'config.read': ['GET', '/v1/config/documents/{path}'],
  'config.readRaw': ['GET', '/v1/config/raw/{path}'],
  'config.rejectDraft': ['POST', '/v1/config/documents/{path}/draft/reject'],
  'config.release': ['GET', '/v1/config/documents/{path}/releases/{release}'],
  'config.rollback': ['POST', '/v1/config/documents/{path}/rollback'],
  'config.saveDraft': ['PUT', '/v1/config/documents/{path}/draft'],
  'config.schema': ['GET', '/v1/config/schema'],
  'config.schemas': ['GET', '/v1/config/schemas'],
  'config.search': ['GET', '/v1/config/search'],
  'config.setPolicy': ['PUT', '/v1/config/policy'],
  'config.setSchema': ['PUT', '/v1/config/schema'],
  'config.status': ['GET', '/v1/config/documents/{path}/status'],
  'config.submitDraft': ['POST', '/v1/config/documents/{path}/draft/submit'],
  'config.validate': ['POST', '/v1/config/documents/{path}/validate'],
  'coordination.acquire': ['POST', '/v1/locks/{lock}/acquire'],
  'coordination.addJob': ['POST', '/v1/queues/{queue}/jobs'],
  'coordination.campaign': ['POST', '/v1/elections/{election}/campaign'],
  'coordination.deleteSchedule': ['DELETE', '/v1/schedules/{schedule}'],
  'coordination.election': ['GET', '/v1/elections/{election}'],
  'coordination.job': ['GET', '/v1/queues/{queue}/jobs/{job}'],
  'coordination.jobs': ['GET', '/v1/queues/{queue}/jobs'],
  'coordination.lock': ['GET', '/v1/locks/{lock}'],
  'coordination.locks': ['GET', '/v1/locks'],
  'coordination.pauseQueue': ['POST', '/v1/queues/{queue}/pause'],
  'coordination.pauseSchedule': ['POST', '/v1/schedules/{schedule}/pause'],
  'coordination.proclaim': ['PUT', '/v1/elections/{election}/leader'],
  'coordination.purge': ['DELETE', '/v1/queues/{queue}/jobs'],
  'coordination.putSchedule': ['PUT', '/v1/schedules/{schedule}'],
  'coordination.queue': ['GET', '/v1/queues/{queue}'],
  'coordination.queues': ['GET', '/v1/queues'],
  'coordination.redrive': ['POST', '/v1/queues/{queue}/redrive'],
  'coordination.release': ['POST', '/v1/locks/{lock}/release'],
  'coordination.removeJob': ['DELETE', '/v1/queues/{queue}/jobs/{job}'],
  'coordination.resign': ['POST', '/v1/elections/{election}/resign'],
  'coordination.resumeQueue': ['POST', '/v1/queues/{queue}/resume'],
  'coordination.resumeSchedule': ['POST', '/v1/schedules/{schedule}/resume'],
  'coordination.retryJob': ['POST', '/v1/queues/{queue}/jobs/{job}/retry'],
  'coordination.schedule': ['GET', '/v1/schedules/{schedule}'],
  'coordination.schedules': ['GET', '/v1/schedules'],
  'coordination.trigger': ['POST', '/v1/schedules/{schedule}/trigger'],
  'discovery.envoy': ['POST', '/v3/discovery:endpoints'],
  'discovery.prometheus': ['GET', '/v1/discovery/prometheus'],
  'discovery.traefik': ['GET', '/v1/discovery/traefik'],
  'gateways.explain': ['POST', '/v1/gateways/explain'],
  'gateways.list': ['GET', '/v1/gateways'],
  'hub.changes': ['GET', '/v1/changes'],
  'hub.live': ['GET', '/livez'],
  'hub.logIn': ['POST', '/v1/login'],
  'hub.logOut': ['DELETE', '/v1/session'],
  'hub.loginMethods': ['GET', '/v1/login'],
  'hub.metrics': ['GET', '/metrics'],
  'hub.overview': ['GET', '/v1/overview'],
  'hub.ready': ['GET', '/readyz'],
  'hub.session': ['GET', '/v1/session'],
  'keys.delete': ['DELETE', '/v1/keys/{key}'],
  'keys.deletePrefix': ['DELETE', '/v1/keys'],
  'keys.history': ['GET', '/v1/keys/{key}/history'],
  'keys.lease': ['GET', '/v1/leases/{lease}'],
  'keys.leases': ['GET', '/v1/leases'],
  'keys.list': ['GET', '/v1/keys'],
  'keys.put': ['PUT', '/v1/keys/{key}'],
  'keys.read': ['GET', '/v1/keys/{key}'],
  'keys.revokeLease': ['DELETE', '/v1/leases/{lease}'],
  'keys.watch': ['GET', '/v1/watch'],
  'names.apply': ['PUT', '/v1/names/{name}'],
  'names.beginSession': ['POST', '/v1/sessions'],
  'names.change': ['PATCH', '/v1/names/{name}/instances/{id}'],
  'names.deregister': ['DELETE', '/v1/names/{name}/instances/{id}'],
  'names.drain': ['POST', '/v1/names/{name}/instances/{id}/drain'],
  'names.endSession': ['DELETE', '/v1/sessions/{session}'],
  'names.heartbeat': ['POST', '/v1/sessions/{session}/heartbeat'],
  'names.list': ['GET', '/v1/names/{name}/instances'],
  'names.names': ['GET', '/v1/names'],
  'names.persistent': ['GET', '/v1/names/{name}/persistent'],
  'names.pick': ['GET', '/v1/names/{name}/pick'],
  'names.register': ['PUT', '/v1/names/{name}/instances/{id}'],
  'names.registerPersistent': ['PUT', '/v1/names/{name}/persistent/{id}'],
  'names.registerUnnamed': ['POST', '/v1/names/{name}/instances'],
  'names.release': ['DELETE', '/v1/names/{name}'],
  'names.show': ['GET', '/v1/names/{name}'],
  'names.showInstance': ['GET', '/v1/names/{name}/instances/{id}'],
  'names.showSession': ['GET', '/v1/sessions/{session}'],
  'services.followers': ['GET', '/v1/services/{name}/followers'],
  'services.list': ['GET', '/v1/services'],
  'services.map': ['GET', '/v1/service-map'],
  'services.operate': ['PATCH', '/v1/services/{name}/instances/{id}'],
  'services.suspects': ['GET', '/v1/services/{name}/suspects'],
  'services.try': ['POST', '/v1/services/{name}/instances/{id}/try'],
  'timeline.at': ['GET', '/v1/timeline/at'],
  'timeline.kinds': ['GET', '/v1/timeline/kinds'],
  'timeline.list': ['GET', '/v1/timeline'],
  'timeline.status': ['GET', '/v1/timeline/status'],
  'tokens.create': ['POST', '/v1/tokens'],
  'tokens.list': ['GET', '/v1/tokens'],
  'tokens.revoke': ['DELETE', '/v1/tokens/{id}'],
  'webhooks.create': ['POST', '/v1/webhooks'],
  'webhooks.delete': ['DELETE', '/v1/webhooks/{webhook}'],
  'webhooks.deliveries': ['GET', '/v1/webhooks/{webhook}/deliveries'],
  'webhooks.list': ['GET', '/v1/webhooks'],
  'webhooks.redeliver': ['POST', '/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver'],
  'webhooks.show': ['GET', '/v1/webhooks/{webhook}'],
  'webhooks.test': ['POST', '/v1/webhooks/{webhook}/test'],
  'webhooks.update': ['PATCH', '/v1/webhooks/{webhook}'],
}
