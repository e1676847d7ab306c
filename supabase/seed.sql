-- Supabase's CLI runs this file after the migrations of a local project. It plants nothing, on purpose: the cast holds
-- reflections, and a reflection is a log of Yjs updates, each bound to the person who wrote it. SQL can't make those;
-- our own code can, and does it the way the product does. After `supabase start`:
--
--   DATABASE_URL=postgresql://postgres:postgres@127.0.0.1:54322/postgres npm run seed
--
-- The same command plants the cast in the embedded database when DATABASE_URL is empty.
select 'Plant the cast with: npm run seed' as next_step;
