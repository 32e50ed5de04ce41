package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"sallyport/internal/mediawiki"
	"sallyport/internal/pending"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// broker makes the gateway's own account ready to save; nil when people save by themselves.
func (d *doorParts) broker(ctx context.Context, client *mediawiki.Client, site *wiki.Site, log *slog.Logger) (*pending.Broker, error) {
	if !d.settings.Broker {
		return nil, nil
	}
	secret, err := os.ReadFile(d.settings.BrokerPasswordFile)
	if err != nil {
		return nil, fmt.Errorf("read write_door.broker_password_file: %w", err)
	}
	account, err := client.Account(site, d.settings.BrokerAccount, string(secret))
	if err != nil {
		return nil, fmt.Errorf("write_door.broker_account: %w", err)
	}
	policies, err := pending.ReadPolicies(d.settings.Tiers)
	if err != nil {
		return nil, err
	}
	people, err := pending.ReadBrokered(d.settings.Brokers, policies)
	if err != nil {
		return nil, err
	}
	b := &pending.Broker{Account: account, People: people, Standings: client.Standings, Tag: d.settings.BrokerTag}
	err = readyBroker(ctx, b, account, log)
	if errors.Is(err, mediawiki.ErrUnavailable) {
		log.Warn("broker account not looked at: the wiki does not answer", "account", account.Name(), "err", err)
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("write_door.broker: %w", err)
	}
	return b, nil
}

// readyBroker logs in, and looks at what the account may do, and who else may.
func readyBroker(ctx context.Context, b *pending.Broker, account *mediawiki.Account, log *slog.Logger) error {
	me, err := account.Rights(ctx)
	if err != nil {
		return err
	}
	if b.Tag != "" && !hasTag(ctx, account, b.Tag) {
		log.Warn("broker edits go without their tag: create it on Special:Tags", "tag", b.Tag)
		b.Tag = ""
	}
	needs := brokerRights(b.People)
	if b.Tag != "" {
		needs = append(needs, "applychangetags")
	}
	if lacks := slices.DeleteFunc(slices.Clone(needs), me.Has); len(lacks) > 0 {
		return fmt.Errorf("the account %s lacks %s: give its group these rights, and its password or token the grants for them", me.Name, strings.Join(lacks, ", "))
	}
	for _, right := range []string{"userrights", "delete", "block", "import", "importupload", "undelete", "mergehistory", "renameuser"} {
		if me.Has(right) {
			log.Warn("broker account holds a right that it does not need; whoever gets hold of its password does, too", "account", me.Name, "right", right)
		}
	}
	return sayWhoElse(ctx, account, me, log)
}

// brokerRights are what it takes to save pages of these tiers.
func brokerRights(people pending.Brokered) []string {
	needs := []string{"edit", "createpage"}
	add := func(tier writedoor.Tier, rights ...string) {
		if people[tier] != nil {
			needs = append(needs, rights...)
		}
	}
	for _, tier := range []writedoor.Tier{writedoor.SiteCode, writedoor.DefaultGadget, writedoor.Gadget, writedoor.RawHTML} {
		add(tier, "editinterface", "editsitejs", "editsitecss")
	}
	add(writedoor.SiteCode, "editsitejson")
	add(writedoor.SiteJSON, "editinterface", "editsitejson")
	add(writedoor.Interface, "editinterface")
	add(writedoor.OthersCode, "edituserjs", "editusercss", "edituserjson")
	slices.Sort(needs)
	return slices.Compact(needs)
}

func hasTag(ctx context.Context, account *mediawiki.Account, tag string) bool {
	var answer struct {
		Query struct {
			Tags []struct {
				Name   string
				Active bool
			}
		}
	}
	body, err := account.Ask(ctx, map[string]string{"action": "query", "list": "tags", "tgprop": "active", "tglimit": "max"})
	if err != nil || json.Unmarshal(body, &answer) != nil {
		return false
	}
	for _, t := range answer.Query.Tags {
		if t.Name == tag {
			return t.Active
		}
	}
	return false
}

// sayWhoElse names the groups that may still edit the site's scripts past every approval.
func sayWhoElse(ctx context.Context, account *mediawiki.Account, me wiki.User, log *slog.Logger) error {
	var answer struct {
		Query struct {
			UserGroups []struct {
				Name   string
				Rights []string
			}
		}
	}
	body, err := account.Ask(ctx, map[string]string{"action": "query", "meta": "siteinfo", "siprop": "usergroups"})
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	if err != nil {
		return err
	}
	var others []string
	for _, g := range answer.Query.UserGroups {
		if slices.Contains(g.Rights, "editsitejs") && !slices.Contains(me.Groups, g.Name) {
			others = append(others, g.Name)
		}
	}
	if len(others) > 0 {
		log.Warn("broker mode, and people may still edit the site's scripts past the gateway; take editsitejs from these groups", "groups", others)
	}
	return nil
}
