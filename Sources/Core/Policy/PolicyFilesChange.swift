/// Which files of a policy are others than they were.
package struct PolicyFilesChange: Sendable, Hashable {
    /// By name, in the new order; then what is gone, in the old one.
    package private(set) var files: [File] = []
    /// The files that are in both stand in another order.
    package private(set) var isReordered = false

    package struct File: Sendable, Hashable {
        package var name: String
        /// Nil: it is not there.
        package var before: String?
        package var after: String?

        package var isChanged: Bool { before != after }
    }

    package init(from old: PolicySource, to new: PolicySource) {
        // One file is that one file, whatever it is called now or was before names were kept.
        if old.files.count == 1, new.files.count == 1, let before = old.files.first, let after = new.files.first {
            files = [File(name: after.name ?? before.name ?? "policy", before: before.text, after: after.text)]
            return
        }
        let before = old.files.map { (name: $0.name ?? "policy", text: $0.text) }
        let after = new.files.map { (name: $0.name ?? "policy", text: $0.text) }
        files = after.map { file in
            File(name: file.name, before: before.first { $0.name == file.name }?.text, after: file.text)
        }
        files += before.filter { file in !after.contains { $0.name == file.name } }
            .map { File(name: $0.name, before: $0.text, after: nil) }
        let stayed = before.map(\.name).filter { name in after.contains { $0.name == name } }
        isReordered = stayed != after.map(\.name).filter(stayed.contains)
    }

    package var changed: [File] { files.filter(\.isChanged) }
    package var isEmpty: Bool { changed.isEmpty && !isReordered }
}
