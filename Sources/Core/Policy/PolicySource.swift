/// The texts that a policy is made of.
///
/// The order of the files is the order of their policies: the first that applies decides.
package struct PolicySource: Sendable, Hashable {
    package struct File: Sendable, Hashable {
        /// Below the folder that all of the files have in common; nil where it was applied before names were kept.
        package var name: String?
        package var text: String

        package init(name: String?, text: String) {
            self.name = name
            self.text = text
        }
    }

    package var files: [File]

    package init(_ files: [File]) { self.files = files }

    /// One text alone.
    package init(_ text: String, name: String? = nil) { files = [File(name: name, text: text)] }

    /// Of one file that of its text, whatever it is called; of several that of their names and texts, in their order.
    package var digest: Digest {
        if files.count == 1, let only = files.first { return Digest(of: only.text) }
        var encoder = CanonicalEncoder()
        encoder.append("policy files")
        encoder.append(list: files) { encoder, file in
            encoder.append(file.name)
            encoder.append(file.text)
        }
        return Digest(of: encoder.bytes)
    }

    /// What files are called in a revision: what is left of their paths without the folder that all have in common.
    ///
    /// The same files have the same names then, wherever they were checked out.
    package static func names(of paths: [String]) -> [String] {
        let parts = paths.map { $0.split(separator: "/").filter { $0 != "." } }
        guard var common = parts.first?.dropLast() else { return [] }
        for other in parts {
            while !other.dropLast().starts(with: common) { common = common.dropLast() }
        }
        return parts.map { $0.dropFirst(common.count).joined(separator: "/") }
    }
}
