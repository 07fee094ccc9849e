package import Foundation

/// A repository whose branches are read, and which environments are deployed from it.
package struct Repository: Sendable, Hashable {
    /// How its branches are asked for.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// GitHub's REST API.
        case github
        /// GitLab's REST API, version 4.
        case gitlab
        /// `git ls-remote`, which knows names and hashes and nothing else.
        case git
    }

    /// As the settings have it; it holds no password.
    package let address: String
    package let place: RepositoryPlace
    package let kind: Kind
    /// Where its host's API is, without a slash at the end; empty for plain git.
    package let api: String
    /// Where finished work goes; nil is what the host says.
    package let defaultBranch: String?
    /// Names of environments that it stands for; none: all.
    package let environments: [NameGlob]
    /// Spaces that it stands for; none: all.
    package let spaces: Set<SpaceName>

    package init(
        address: String,
        place: RepositoryPlace,
        kind: Kind,
        api: String = "",
        defaultBranch: String? = nil,
        environments: [NameGlob] = [],
        spaces: Set<SpaceName> = []
    ) {
        self.address = address
        self.place = place
        self.kind = kind
        self.api = api
        self.defaultBranch = defaultBranch
        self.environments = environments
        self.spaces = spaces
    }

    /// Whether the settings say that environments of that name may be deployed from it.
    package func stands(for key: EnvironmentKey) -> Bool {
        (environments.isEmpty || environments.contains { $0.matches(key.name.text) })
            && (spaces.isEmpty || spaces.contains(key.space))
    }
}

/// Why a host could not be read; whatever depends on it is unknown, and nothing is gone.
package struct HostFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What failed and why; one line, no secrets.
    package let summary: String
    package let advice: String
    /// The host asked not to be called before.
    package let until: Date?
    /// The host could not be reached, or could not answer: asking it something else would only take time.
    package let isOutage: Bool
    /// It was read, and is not believed yet.
    package let doubt: ListDoubt?

    package init(
        _ summary: String,
        advice: String,
        until: Date? = nil,
        isOutage: Bool = false,
        doubt: ListDoubt? = nil
    ) {
        self.summary = summary
        self.advice = advice
        self.until = until
        self.isOutage = isOutage
        self.doubt = doubt
    }

    package var description: String { "\(summary)\n  \(advice)" }
}
