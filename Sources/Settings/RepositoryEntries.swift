package import Core
import Foundation

/// A repository, and where the token that opens it is.
package struct RepositorySettings: Sendable, Hashable {
    package let repository: Repository
    package let token: SecretReference?

    package init(repository: Repository, token: SecretReference?) {
        self.repository = repository
        self.token = token
    }
}

extension YAMLEntry {
    /// Repositories, each of which is one place and stands there once.
    func repositories(spaces: [SpaceName]) -> [RepositorySettings]? {
        let example = "[{ url: \"https://github.com/acme/shop\", token_from: \"env:GITHUB_TOKEN\" }]"
        guard let items = items("a list of repositories", example: example) else { return nil }
        var seen: [RepositoryPlace: Int] = [:]
        return items.compactMap { item -> RepositorySettings? in
            guard let settings = item.repository(spaces) else { return nil }
            if let line = seen[settings.repository.place] {
                item.report("`\(settings.repository.place)` stands in line \(line) already", "keep one of them")
            }
            seen[settings.repository.place] = item.line
            return settings
        }
    }

    private func repository(_ spaces: [SpaceName]) -> RepositorySettings? {
        let example = "{ url: \"https://github.com/acme/shop\", token_from: \"env:GITHUB_TOKEN\" }"
        let keys = ["url", "kind", "api", "token_from", "environments", "spaces", "default_branch"]
        guard let parts = mapping(keys, required: ["url"], example: example) else { return nil }
        let address = parts["url"]?.repositoryAddress()
        let kind = parts["kind"].map { $0.choice(Repository.Kind.self) }
        let api = parts["api"].map { $0.apiAddress() }
        let token = parts["token_from"].map { $0.secretReference(example: "env:GITHUB_TOKEN") }
        let globs = parts["environments"].map { $0.globs() }
        let wanted = parts["spaces"].map { $0.spaceNames(spaces) }
        let base = parts["default_branch"].map { $0.text("a branch", example: "main") }
        guard let (text, place) = address else { return nil }
        let guessed = kind ?? Self.kind(of: place)
        guard let known = guessed else {
            if kind == nil {
                report(
                    "`\(path)` does not say what \(place.host.isEmpty ? "it" : place.host) is",
                    "say `kind: github`, `kind: gitlab` or `kind: git`"
                )
            }
            return nil
        }
        if known == .git, let entry = parts["api"] {
            entry.report("`\(entry.path)` means nothing with plain git", "say `kind: github` or `kind: gitlab`")
        }
        if known != .git, place.host.isEmpty {
            parts["url"]?.report("`\(path).url` is a folder, which has no API", "say `kind: git`")
        }
        // A token would be sent as whoever wrote the file wished, so that an address without TLS is said.
        if token != nil, text.hasPrefix("http://"),
            !isLoopback(host: String(place.host.split(separator: ":").first ?? ""))
        {
            parts["url"]?.report("`\(path).url` would send its token without TLS", "write https://")
        }
        return RepositorySettings(
            repository: Repository(
                address: text,
                place: place,
                kind: known,
                api: (api ?? nil) ?? Self.api(of: place, known),
                defaultBranch: base ?? nil,
                environments: (globs ?? nil) ?? [],
                spaces: Set((wanted ?? nil) ?? [])
            ),
            token: token ?? nil
        )
    }

    /// Never quoted in a message: whatever is wrong with it, it may hold a password.
    private func repositoryAddress() -> (String, RepositoryPlace)? {
        let example = "https://github.com/acme/shop, ssh://git@example.com/shop.git or git@github.com:acme/shop.git"
        guard let text = scalar, !text.hasPrefix("-"), !text.contains("::"),
            !text.unicodeScalars.contains(where: { $0.value <= 32 || $0.value == 127 || $0 == "?" || $0 == "#" }),
            let place = RepositoryPlace(address: text)
        else { return wrong("`\(path)` is no address of a repository", "for example \(example)") }
        if let scheme = text.firstRange(of: "://") {
            let authority = text[scheme.upperBound...].prefix { $0 != "/" }
            let isSSH = text.hasPrefix("ssh://")
            if let at = authority.lastIndex(of: "@"), !isSSH || authority[..<at].contains(":") {
                return wrong("`\(path)` holds a user or a password", "leave them out, and use `token_from`")
            }
        }
        return (text, place)
    }

    private func apiAddress() -> String? {
        let example = "https://github.example.com/api/v3"
        guard let text = scalar, let url = URLComponents(string: text), ["https", "http"].contains(url.scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil, url.query == nil,
            url.fragment == nil
        else { return unexpected("an https address without credentials", example: example) }
        guard url.scheme == "https" || isLoopback(host: host) else {
            return wrong("`\(path)` would send its token without TLS", "for example `\(example)`")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private func globs() -> [NameGlob]? {
        guard let items = items("a list of names", example: "[\"feat-shop-*\"]", orSingle: true) else { return nil }
        return items.compactMap { $0.text("a name, with `*` and `?`", example: "feat-shop-*").map(NameGlob.init) }
    }

    private func spaceNames(_ known: [SpaceName]) -> [SpaceName]? {
        guard let items = items("a list of spaces", example: "[shop]", orSingle: true) else { return nil }
        return items.compactMap { $0.known("space", known.map(\.text)).map { SpaceName($0) } }
    }

    /// The two that everybody knows, and hosts that say it by their names.
    private static func kind(of place: RepositoryPlace) -> Repository.Kind? {
        if place.host.isEmpty { return .git }
        let name = place.host.split(separator: ":").first.map(String.init) ?? ""
        if name == "github.com" || name.hasPrefix("github.") { return .github }
        if name == "gitlab.com" || name.hasPrefix("gitlab.") { return .gitlab }
        return nil
    }

    private static func api(of place: RepositoryPlace, _ kind: Repository.Kind) -> String {
        switch kind {
        case .git: ""
        case .github: place.host == "github.com" ? "https://api.github.com" : "https://\(place.host)/api/v3"
        case .gitlab: "https://\(place.host)/api/v4"
        }
    }
}
