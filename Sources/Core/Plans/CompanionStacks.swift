internal import Crypto
internal import Foundation

/// The stacks in which the AWS SAM CLI keeps another stack's image repositories.
///
/// It names them `<parent's first 104 characters>-<first 8 hex digits of the parent's MD5>-CompanionStack`
/// (samcli/lib/bootstrap/companion_stack/data_types.py). They go with their parent and after it, whose functions run the
/// images.
package enum CompanionStacks {
    package static func name(ofParent parent: String) -> String {
        let hash = Insecure.MD5.hash(data: Data(parent.utf8)).prefix(4).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\(parent.prefix(104))-\(hash.joined())-CompanionStack"
    }

    /// For each companion among the components, its parent among them, in the same target.
    package static func parents(_ components: [ObservedComponent]) -> [ComponentID: Set<ComponentID>] {
        var byName: [Target: [String: Set<ComponentID>]] = [:]
        for component in components where !component.name.hasSuffix("-CompanionStack") {
            byName[component.target, default: [:]][name(ofParent: component.name), default: []].insert(component.id)
        }
        var parents: [ComponentID: Set<ComponentID>] = [:]
        for component in components where component.name.hasSuffix("-CompanionStack") {
            parents[component.id] = byName[component.target]?[component.name]
        }
        return parents
    }
}
