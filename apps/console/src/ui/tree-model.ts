/** A folder or a document of a tree of paths. */
export interface TreeNode {
  readonly path: string
  readonly name: string
  readonly depth: number
  readonly isFolder: boolean
  /** The documents below a folder. */
  count: number
  readonly children: TreeNode[]
}

/** Folders first, then documents, each by name. Costs one pass over the paths and one sort of each folder. */
export function buildTree(paths: readonly string[]): TreeNode {
  const root: TreeNode = { path: '', name: '', depth: -1, isFolder: true, count: 0, children: [] }
  const folders = new Map<string, TreeNode>([['', root]])
  const folderOf = (path: string): TreeNode => {
    const known = folders.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const parent = folderOf(slash === -1 ? '' : path.slice(0, slash))
    const folder: TreeNode = {
      path,
      name: path.slice(slash + 1),
      depth: parent.depth + 1,
      isFolder: true,
      count: 0,
      children: [],
    }
    folders.set(path, folder)
    parent.children.push(folder)
    return folder
  }
  for (const path of paths) {
    const slash = path.lastIndexOf('/')
    const parent = folderOf(slash === -1 ? '' : path.slice(0, slash))
    parent.children.push({
      path,
      name: path.slice(slash + 1),
      depth: parent.depth + 1,
      isFolder: false,
      count: 1,
      children: [],
    })
  }
  finish(root)
  return root
}

function finish(folder: TreeNode): void {
  for (const child of folder.children) {
    if (child.isFolder) finish(child)
    folder.count += child.count
  }
  folder.children.sort((a, b) =>
    a.isFolder === b.isFolder ? (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) : a.isFolder ? -1 : 1,
  )
}

/** The rows that show: all of them without `open`, else those whose folders are open. */
export function visibleNodes(root: TreeNode, open: ReadonlySet<string> | undefined): TreeNode[] {
  const rows: TreeNode[] = []
  const add = (node: TreeNode): void => {
    for (const child of node.children) {
      rows.push(child)
      if (child.isFolder && (open === undefined || open.has(child.path))) add(child)
    }
  }
  add(root)
  return rows
}
