package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"sallyport/internal/store"
)

const (
	scriptColumns = `wiki, title, rev, digest, author, saved, state, score, reason, hosts, people, powerful, news`

	// A text that is another than before waits to be read; until then the line says what was known of the one before. What it is
	// compared with is the last that was read, unless that was switched off.
	upsertScript = `INSERT INTO script (wiki, title, words, sort_key, digest, rev, author, saved, state, score, people, powerful, host_count, due, news, hosts, reason, capabilities)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '` + store.ScriptWaits + `', 0, -1, -1, 0, 0, 1, '[]', '', '')
		ON CONFLICT (wiki, title) DO UPDATE SET words = excluded.words, rev = excluded.rev, author = excluded.author, saved = excluded.saved,
			base = CASE WHEN script.digest <> excluded.digest AND script.state = '` + store.ScriptRead + `' AND NOT EXISTS (SELECT 1 FROM switch s
				WHERE s.wiki = script.wiki AND s.kind = 'revision' AND s.target = script.digest AND s.ended = 0) THEN script.digest ELSE script.base END,
			state = CASE WHEN script.digest = excluded.digest THEN script.state ELSE excluded.state END, digest = excluded.digest,
			due = 0, news = script.news + 1
		WHERE script.rev < excluded.rev`
	deleteScript     = `DELETE FROM script WHERE wiki = $1 AND title = $2`
	selectDueScripts = `SELECT ` + scriptColumns + `, capabilities, base FROM script WHERE wiki = $1 AND due <= $2 ORDER BY due LIMIT $3`
	judgeScript      = `UPDATE script SET words = $4, state = $5, score = $6, reason = $7, capabilities = $8, hosts = $9, host_count = $10, people = $11, powerful = $12, due = $13
		WHERE wiki = $1 AND title = $2 AND news = $3`
	// Whoever judges one of them at this moment has not seen what is new.
	wakeScripts = `UPDATE script SET due = 0, news = news + 1 WHERE digest = $1 AND (wiki = $2 OR $2 = '')`

	countScripts  = `SELECT count(*) FROM script WHERE %s`
	selectScripts = `SELECT ` + scriptColumns + `, '', '' FROM script WHERE %s ORDER BY %s LIMIT %d OFFSET %d`
	selectNamed   = `SELECT ` + scriptColumns + `, capabilities, '' FROM script WHERE wiki = $1 AND title IN (%s)`
	selectSpread  = `SELECT score, people, count(*) FROM script WHERE wiki = $1 AND state = '` + store.ScriptRead + `' GROUP BY score, people`
	selectAt      = `SELECT title FROM script WHERE wiki = $1 AND state = '` + store.ScriptRead + `' AND score = $2 AND people = $3 LIMIT $4`
)

// SeeScript keeps what a page is now.
func (s *Store) SeeScript(ctx context.Context, x store.Script) error {
	err := cmp.Or(checkKey("wiki", x.Wiki), checkKey("title", x.Title), checkKey("digest", string(x.Digest)), checkName("author", x.Author),
		checkID("revision", x.Rev))
	if err == nil {
		_, err = s.writer.ExecContext(ctx, upsertScript, x.Wiki, x.Title, scriptWords(&x), sortKey(x.Title), string(x.Digest), x.Rev, x.Author, micros(x.Saved))
	}
	if err != nil {
		return fmt.Errorf("list the script %q: %w", x.Title, err)
	}
	return nil
}

// scriptWords is what a search looks at.
func scriptWords(x *store.Script) string {
	return fold(x.Title + "\n" + x.Author + "\n" + strings.Join(x.Hosts, "\n"))
}

// DropScript forgets a page.
func (s *Store) DropScript(ctx context.Context, wiki, title string) error {
	if !kept(wiki, title) {
		return nil
	}
	if _, err := s.writer.ExecContext(ctx, deleteScript, wiki, title); err != nil {
		return fmt.Errorf("forget the script %q: %w", title, err)
	}
	return nil
}

// DueScripts lists what is to be judged.
func (s *Store) DueScripts(ctx context.Context, wiki string, now time.Time, limit int) ([]store.Script, error) {
	if !kept(wiki) {
		return nil, nil
	}
	return s.scripts(ctx, selectDueScripts, wiki, now.UnixMicro(), limit)
}

// JudgeScript keeps what is known of a script.
func (s *Store) JudgeScript(ctx context.Context, x store.Script, due time.Time) error {
	hosts, err := toJSON("hosts", append([]string{}, x.Hosts...))
	if err == nil {
		err = cmp.Or(checkName("state", x.State), checkWords("reason", x.Reason, maxCapabilities), checkWords("capabilities", x.Capabilities, maxCapabilities),
			checkWords("hosts", hosts, maxCapabilities))
	}
	if err == nil {
		_, err = s.writer.ExecContext(ctx, judgeScript, x.Wiki, x.Title, x.News, scriptWords(&x), x.State, x.Score, x.Reason, x.Capabilities, hosts, len(x.Hosts),
			x.People, x.Powerful, micros(due))
	}
	if err != nil {
		return fmt.Errorf("keep what is known of the script %q: %w", x.Title, err)
	}
	return nil
}

// ListScripts answers a query. Without words it costs what the part costs that is asked for; with words every line is looked at.
func (s *Store) ListScripts(ctx context.Context, wiki string, q store.ScriptQuery) ([]store.Script, int, error) {
	p, err := planScripts(wiki, q)
	if err != nil {
		return nil, 0, fmt.Errorf("list scripts of %q: %w", wiki, err)
	}
	if !kept(wiki) {
		return nil, 0, nil
	}
	var total int
	if err := s.reader.QueryRowContext(ctx, p.count, p.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count scripts of %q: %w", wiki, err)
	}
	rows, err := s.scripts(ctx, p.rows, p.args...)
	return rows, total, err
}

func planScripts(wiki string, q store.ScriptQuery) (listing, error) {
	order, ok := map[string]string{
		"": "score DESC, people DESC, sort_key", "risk": "score DESC, people DESC, sort_key", "people": "people DESC, score DESC, sort_key",
		"hosts": "host_count DESC, score DESC, sort_key", "changed": "saved DESC, sort_key", "title": "sort_key",
	}[q.Sort]
	if !ok {
		return listing{}, fmt.Errorf("%w: no order %q; there are risk, people, hosts, changed and title", store.ErrRefused, q.Sort)
	}
	limit, err := limitOf(store.Query{Offset: q.Offset, Limit: q.Limit})
	if err != nil {
		return listing{}, err
	}
	words, err := patterns(q.Words)
	if err != nil {
		return listing{}, err
	}
	where, args := "wiki = $1", []any{wiki}
	for _, word := range words {
		args = append(args, word)
		where += fmt.Sprintf(` AND words LIKE $%d ESCAPE '\'`, len(args))
	}
	return listing{rows: fmt.Sprintf(selectScripts, where, order, limit, q.Offset), count: fmt.Sprintf(countScripts, where), args: args}, nil
}

// ScriptsNamed returns lines by title.
func (s *Store) ScriptsNamed(ctx context.Context, wiki string, titles []string) (map[string]store.Script, error) {
	all := map[string]store.Script{}
	if !kept(append([]string{wiki}, titles...)...) {
		return all, nil
	}
	err := inBatches(titles, func(part []string) error {
		rows, err := s.scripts(ctx, fmt.Sprintf(selectNamed, marks(2, len(part))), arguments(part, any(wiki))...)
		for _, x := range rows {
			all[x.Title] = x
		}
		return err
	})
	return all, err
}

// ScriptSpread counts the scripts that are read by score and people.
func (s *Store) ScriptSpread(ctx context.Context, wiki string) (all []store.Spot, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectSpread, wiki)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var at store.Spot
			err := rows.Scan(&at.Score, &at.People, &at.Scripts)
			all = append(all, at)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("count scripts of %q: %w", wiki, err)
	}
	return all, nil
}

// ScriptsAt lists titles of scripts with a score and people.
func (s *Store) ScriptsAt(ctx context.Context, wiki string, at store.Spot, limit int) (titles []string, err error) {
	if !kept(wiki) {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, selectAt, wiki, at.Score, at.People, limit)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var title string
			err := rows.Scan(&title)
			titles = append(titles, title)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("list scripts of %q: %w", wiki, err)
	}
	return titles, nil
}

func (s *Store) scripts(ctx context.Context, statement string, args ...any) (all []store.Script, err error) {
	rows, err := s.reader.QueryContext(ctx, statement, args...)
	if err == nil {
		err = scan(rows, func(rows *sql.Rows) error {
			var x store.Script
			var hosts string
			err := rows.Scan(&x.Wiki, &x.Title, &x.Rev, &x.Digest, &x.Author, timeField{&x.Saved}, &x.State, &x.Score, &x.Reason, &hosts, &x.People, &x.Powerful,
				&x.News, &x.Capabilities, &x.Base)
			if err == nil {
				err = fromJSON("hosts of "+x.Title, hosts, &x.Hosts)
			}
			if len(x.Hosts) == 0 {
				x.Hosts = nil
			}
			all = append(all, x)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of scripts: %w", err)
	}
	return all, nil
}
