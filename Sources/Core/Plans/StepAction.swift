/// What one step of a plan does to its component.
package enum StepAction: Sendable, Hashable {
    /// Asks for the stack's deletion by its id.
    case deleteStack
    /// Switches the stack's termination protection off; only where the plan names it and people approved that.
    case switchProtectionOff
    /// Deletes all versions, delete markers and unfinished uploads of a bucket; only after the stack's own deletion
    /// failed on it.
    case emptyBucket(String)
    /// Deletes all images of a repository; only after the stack's own deletion failed on it.
    case deleteImages(repository: String)
    /// Asks once more, after what it failed on was removed; what it retains is named and approved.
    case deleteAgain(retaining: [String])
    /// Deletes a log group that stays behind; only after its stack is gone.
    case deleteLogGroup(String)

    /// The same words are a CHECK constraint in the database.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case deleteStack = "delete stack"
        case switchProtectionOff = "protection off"
        case emptyBucket = "empty bucket"
        case deleteImages = "delete images"
        case deleteAgain = "delete again"
        case deleteLogGroup = "delete log group"
    }

    package var kind: Kind {
        switch self {
        case .deleteStack: .deleteStack
        case .switchProtectionOff: .switchProtectionOff
        case .emptyBucket: .emptyBucket
        case .deleteImages: .deleteImages
        case .deleteAgain: .deleteAgain
        case .deleteLogGroup: .deleteLogGroup
        }
    }

    /// The thing inside or beside the component that it is about; nil when it is about the stack itself.
    package var subject: String? {
        switch self {
        case .deleteStack, .switchProtectionOff, .deleteAgain: nil
        case .emptyBucket(let name), .deleteImages(let name), .deleteLogGroup(let name): name
        }
    }

    /// Logical ids that stay when the stack is deleted again.
    package var retained: [String] {
        if case .deleteAgain(let retained) = self { retained } else { [] }
    }

    /// It asks for the deletion of the component itself.
    package var deletesComponent: Bool { kind == .deleteStack || kind == .deleteAgain }

    /// It is done only where the stack's own deletion has failed on what this step or the ones before it remove.
    package var isConditional: Bool {
        switch kind {
        case .emptyBucket, .deleteImages, .deleteAgain: true
        case .deleteStack, .switchProtectionOff, .deleteLogGroup: false
        }
    }
}

extension StepAction: Codable {
    private enum CodingKeys: String, CodingKey { case kind, subject, retaining }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let subject = { () throws -> String in try values.decode(String.self, forKey: .subject) }
        switch try values.decode(Kind.self, forKey: .kind) {
        case .deleteStack: self = .deleteStack
        case .switchProtectionOff: self = .switchProtectionOff
        case .emptyBucket: self = .emptyBucket(try subject())
        case .deleteImages: self = .deleteImages(repository: try subject())
        case .deleteAgain: self = .deleteAgain(retaining: try values.decode([String].self, forKey: .retaining))
        case .deleteLogGroup: self = .deleteLogGroup(try subject())
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(kind, forKey: .kind)
        try values.encodeIfPresent(subject, forKey: .subject)
        if case .deleteAgain(let retaining) = self { try values.encode(retaining, forKey: .retaining) }
    }
}
