/// A string that means one thing only: two ids of different kinds never compare or mix.
package protocol Identifier: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    var text: String { get }
    init(_ text: String)
}

extension Identifier {
    package var description: String { text }
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A cloud account's own id; for AWS twelve digits.
package struct AccountID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A provider's region code, such as `eu-central-1`.
package struct Region: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A group of accounts in which a name means one thing.
package struct SpaceName: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A normalised environment name: lower case, every run of other characters is one `-`.
package struct EnvironmentName: Identifier {
    package let text: String

    /// Normalises; `Feature/JIRA-1_x` becomes `feature-jira-1-x`.
    package init(_ text: String) { self.text = normalised(text) }
}

/// The provider's own id of a component; for CloudFormation the stack's ARN, which is never used again.
package struct ComponentID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// Lower case, every run of characters other than `a-z0-9` as one `-`, none at either end.
package func normalised(_ text: String) -> String {
    var result = ""
    var pending = false
    for scalar in text.lowercased().unicodeScalars {
        if (scalar >= "a" && scalar <= "z") || (scalar >= "0" && scalar <= "9") {
            if pending, !result.isEmpty { result.append("-") }
            pending = false
            result.unicodeScalars.append(scalar)
        } else {
            pending = true
        }
    }
    return result
}

/// One provider × account × region that a scan reads.
package struct Target: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
    package let account: AccountID
    package let region: Region

    package init(account: AccountID, region: Region) {
        self.account = account
        self.region = region
    }

    package var description: String { "\(account)/\(region)" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.account, left.region) < (right.account, right.region)
    }
}

/// One life of an environment: it ends when every component it had is confirmed gone.
package struct EnvironmentKey: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
    package let space: SpaceName
    package let name: EnvironmentName
    /// 1 for the first life of the name in its space.
    package let incarnation: Int

    package init(space: SpaceName, name: EnvironmentName, incarnation: Int) {
        self.space = space
        self.name = name
        self.incarnation = incarnation
    }

    package var description: String { "\(space)/\(name)#\(incarnation)" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.space, left.name, left.incarnation) < (right.space, right.name, right.incarnation)
    }
}
