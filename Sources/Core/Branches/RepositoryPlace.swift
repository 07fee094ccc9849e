/// Where a repository is, however its address is written: `git@github.com:acme/shop.git` and
/// `https://github.com/Acme/shop` are one place.
package struct RepositoryPlace: Sendable, Hashable, CustomStringConvertible {
    /// In lower case, with a port where it is not the scheme's own; empty for a folder of this machine.
    package let host: String
    /// Without a slash at its ends and without `.git`, as it was written.
    package let path: String

    /// Nil for what is no address of a repository.
    package init?(address: String) {
        if address.hasPrefix("file:///") {
            self.init(host: "", path: String(address.dropFirst("file:///".count)))
            return
        }
        if let scheme = ["https://", "http://", "ssh://", "git://"].first(where: { address.hasPrefix($0) }) {
            let rest = address.dropFirst(scheme.count)
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            let authority = rest[..<slash]
            let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
            self.init(host: Self.withoutPort(String(place), of: scheme), path: String(rest[slash...]))
            return
        }
        let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        // `git@host:path` has no slash before its colon; `ext::sh -c …` has nothing before an `@`.
        guard parts.count == 2, let at = parts[0].firstIndex(of: "@"), !parts[0].contains("/"),
            !parts[1].hasPrefix(":")
        else { return nil }
        self.init(host: String(parts[0][parts[0].index(after: at)...]), path: String(parts[1]))
    }

    private init?(host: String, path: String) {
        var path = path[...]
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        if path.hasSuffix(".git") { path = path.dropLast(4) }
        guard !path.isEmpty else { return nil }
        self.host = host.lowercased()
        self.path = String(path)
    }

    /// Over ssh the port says how to get in, and not which repository it is.
    private static func withoutPort(_ place: String, of scheme: String) -> String {
        guard let colon = place.lastIndex(of: ":"), !place.hasSuffix("]") else { return place }
        let port = place[place.index(after: colon)...]
        let isOwn =
            scheme == "ssh://" || (scheme == "https://" && port == "443") || (scheme == "http://" && port == "80")
        return isOwn ? String(place[..<colon]) : place
    }

    package var description: String { host.isEmpty ? "/\(path)" : "\(host)/\(path)" }

    /// Hosts do not tell upper case from lower case in names of repositories.
    package static func == (left: RepositoryPlace, right: RepositoryPlace) -> Bool {
        left.host == right.host && left.path.lowercased() == right.path.lowercased()
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(path.lowercased())
    }
}
