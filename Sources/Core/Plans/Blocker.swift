/// Why a plan cannot be carried out as things are.
///
/// A plan with any stays a draft.
package struct Blocker: Sendable, Hashable, Codable, Comparable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case importer = "importer outside"
        case cycle
        case terminationProtection = "termination protection"
        case busy = "operation in progress"
        case notEmpty = "not empty"
        case unread = "could not be read"
        case nested = "part of another component"
        case tooLarge = "larger than a budget"
        case serviceRole = "service role missing"
        case deletionProtection = "deletion protection"
        case customResource = "custom resource without its function"
        case needed = "needed by another stack"
        case stackSet = "instance of a stack set"
        case power = "more stacks than a bounded session holds"
        case account = "account"
        case changed = "changed since the last scan"
        case approvers = "nobody may approve"
    }

    package let kind: Kind
    package let component: ComponentID?
    package let text: String

    package init(_ kind: Kind, _ component: ComponentID?, _ text: String) {
        self.kind = kind
        self.component = component
        self.text = text
    }

    package static func < (left: Blocker, right: Blocker) -> Bool {
        (left.component?.text ?? "", left.kind.rawValue, left.text)
            < (right.component?.text ?? "", right.kind.rawValue, right.text)
    }
}
