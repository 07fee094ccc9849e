import Core
import Foundation

// What is read of the hosts' answers; a member that is not optional was promised.

struct GitHubBranch: Decodable {
    struct Commit: Decodable { let sha: String }
    let name: String
    let commit: Commit

    var branch: HostBranch { HostBranch(name: name, commit: commit.sha) }
}

struct GitHubRef: Decodable {
    let ref: String
}

struct GitHubCommit: Decodable {
    struct Person: Decodable {
        let name: String?
        let email: String?
        let date: Date
    }
    struct Commit: Decodable {
        let author: Person
        let committer: Person

        var detail: HostCommit {
            HostCommit(at: committer.date, author: author.name ?? "", address: author.email ?? "")
        }
    }
    let commit: Commit
}

struct GitHubPull: Decodable {
    struct Place: Decodable {
        let full_name: String
        let default_branch: String?
    }
    struct End: Decodable {
        let ref: String
        let sha: String
        let repo: Place?
    }
    let number: Int
    let state: String
    let updated_at: Date
    let closed_at: Date?
    let merged_at: Date?
    let head: End
    let base: End

    func request(_ defaultBranch: String?) -> PullRequest {
        let wanted = defaultBranch ?? base.repo?.default_branch
        return PullRequest(
            number: number,
            branch: head.ref,
            commit: head.sha,
            // A copy that was deleted is not there any more.
            isFork: head.repo == nil || head.repo?.full_name != base.repo?.full_name,
            base: base.ref,
            intoDefault: wanted.map { $0 == base.ref },
            state: merged_at != nil ? .merged : state == "open" ? .open : .closed,
            updatedAt: updated_at,
            endedAt: merged_at ?? closed_at
        )
    }
}

struct GitLabBranch: Decodable {
    struct Commit: Decodable {
        let id: String
        let committed_date: Date?
        let author_name: String?
        let author_email: String?
    }
    let name: String
    let merged: Bool?
    let `default`: Bool?
    let commit: Commit

    var branch: HostBranch {
        HostBranch(
            name: name,
            commit: commit.id,
            merged: merged,
            isDefault: self.default,
            detail: commit.committed_date.map {
                HostCommit(at: $0, author: commit.author_name ?? "", address: commit.author_email ?? "")
            }
        )
    }
}

struct GitLabRequest: Decodable {
    let iid: Int
    let state: String
    let source_branch: String
    let target_branch: String
    let sha: String?
    let source_project_id: Int?
    let target_project_id: Int?
    let updated_at: Date
    let merged_at: Date?
    let closed_at: Date?

    func request(_ defaultBranch: String?) -> PullRequest {
        PullRequest(
            number: iid,
            branch: source_branch,
            commit: sha ?? "",
            isFork: source_project_id != target_project_id,
            base: target_branch,
            intoDefault: defaultBranch.map { $0 == target_branch },
            // `locked` is one that is being merged.
            state: state == "merged" ? .merged : state == "closed" ? .closed : .open,
            updatedAt: updated_at,
            endedAt: state == "merged" ? merged_at ?? updated_at : state == "closed" ? closed_at ?? updated_at : nil
        )
    }
}

struct HostProject: Decodable {
    let full_name: String?
    let path_with_namespace: String?
    let default_branch: String?

    var name: String? { full_name ?? path_with_namespace }
}
