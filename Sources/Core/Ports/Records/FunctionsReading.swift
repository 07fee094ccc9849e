package import Foundation

/// A Lambda function as its listing has it.
package struct ObservedFunction: Sendable, Hashable {
    package let name: String
    /// Nil for one made from an image, and where AWS names none.
    package let runtime: String?
    package let isImage: Bool

    package init(name: String, runtime: String?, isImage: Bool = false) {
        self.name = name
        self.runtime = runtime
        self.isImage = isImage
    }
}

/// What a scan learned of the functions in one target.
///
/// Whatever it is, it changes nothing about how the target's components were read.
package enum FunctionsReading: Sendable {
    /// They were not asked for: nothing in the target has changed since they were read.
    case asBefore
    /// They were not asked for: no stack there has one.
    case none
    /// All pages of the listing, functions outside any stack among them.
    case listed([ObservedFunction])
    /// Their runtimes are unknown until they are read again.
    case failed(ProviderFailure)
}

/// What is known of a target's functions before it is read.
package struct KnownFunctions: Sendable, Hashable {
    /// The newest complete listing, or when it was found that there is nothing to list.
    package var readAt: Date?
    /// The newest try failed.
    package var failed: Bool
    /// Some stack there has one.
    package var areExpected: Bool

    package init(readAt: Date? = nil, failed: Bool = false, areExpected: Bool = false) {
        self.readAt = readAt
        self.failed = failed
        self.areExpected = areExpected
    }
}

/// One function of an environment, for people.
package struct FunctionRecord: Sendable, Hashable {
    package var environment: EnvironmentKey
    package var target: Target
    /// The stack that holds it, which may be nested in another.
    package var stack: String
    package var logicalID: String
    /// Nil where the stack does not name it.
    package var name: String?
    package var kind: Kind
    package var runtime: String?

    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case zip
        case image
        /// Its stack names it, AWS does not list it.
        case absent
        /// It could not be read.
        case unread
    }

    package init(
        environment: EnvironmentKey,
        target: Target,
        stack: String,
        logicalID: String,
        name: String?,
        kind: Kind,
        runtime: String?
    ) {
        self.environment = environment
        self.target = target
        self.stack = stack
        self.logicalID = logicalID
        self.name = name
        self.kind = kind
        self.runtime = runtime
    }
}
